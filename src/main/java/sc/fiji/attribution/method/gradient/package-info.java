/**
 * Methods made of plain input gradients: the gradient itself, averages of it over noise, and
 * integrals of it along a path from a baseline. They need a classifier with gradients. Start
 * reading at {@link sc.fiji.attribution.method.gradient.IntegratedGradients}.
 */
package sc.fiji.attribution.method.gradient;
