/**
 * Front ends: each reads one format of model file, without running a line of its author's code,
 * into the graph on which gradients, rules and layers work. The contract is {@link
 * sc.fiji.attribution.importer.FrontEnd}; what they emit with is {@link
 * sc.fiji.attribution.importer.network.NetworkBuilder}. Weights go through a {@link
 * sc.fiji.attribution.importer.WeightStore} into a checkpoint.
 */
package sc.fiji.attribution.importer;
