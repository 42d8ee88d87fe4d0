/**
 * Methods that take whole regions away, as a game whose players they are: Shapley and Banzhaf
 * values, their samples, and linear fits. Start reading at {@link
 * sc.fiji.attribution.method.perturbation.region.RegionGame}.
 */
package sc.fiji.attribution.method.perturbation.region;
