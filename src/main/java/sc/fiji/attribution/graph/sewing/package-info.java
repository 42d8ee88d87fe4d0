/**
 * The last look at nodes before they are loaded: what TensorFlow would fuse or compute wrongly, or
 * slowly, it gets in another way, and the network that is explained stays as it is. Start reading
 * at {@link sc.fiji.attribution.graph.sewing.Sewing}.
 */
package sc.fiji.attribution.graph.sewing;
