/**
 * Layers as people see them: their names, geometry, and those that are linear. Passes and rules ask
 * here which nodes count as one. Start reading at {@link
 * sc.fiji.attribution.graph.layer.HiddenLayers}.
 */
package sc.fiji.attribution.graph.layer;
