/**
 * Methods that only look at scores of changed images, so they work with every model. All send their
 * images through {@link sc.fiji.attribution.method.ScoreSweep}, and those over regions ask a {@link
 * sc.fiji.attribution.method.perturbation.region.RegionGame}; start reading with {@link
 * sc.fiji.attribution.method.perturbation.Occlusion}.
 */
package sc.fiji.attribution.method.perturbation;
