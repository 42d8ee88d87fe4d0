/**
 * From a SavedModel on disk to one flat graph, and back to one that can be loaded: signatures,
 * function calls, branches, checkpoints, and what is allowed. Start reading at {@link
 * sc.fiji.attribution.graph.savedmodel.SavedModelFile}.
 */
package sc.fiji.attribution.graph.savedmodel;
