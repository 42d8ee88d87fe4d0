/**
 * Builds the graph of an imported network: values with known shapes, and what all formats have in
 * common in convolutions, pooling, padding and the rest. Start reading at {@link
 * sc.fiji.attribution.importer.network.NetworkBuilder}.
 */
package sc.fiji.attribution.importer.network;
