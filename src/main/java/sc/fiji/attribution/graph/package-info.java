/**
 * TensorFlow graph surgery: a SavedModel's protocol buffers in, an augmented SavedModel out, no
 * native code. A stored graph is checked for what it may do, flattened, its logits are found, and
 * reverse-mode nodes are appended by a table of rules, one per op type. Start reading at {@link
 * sc.fiji.attribution.graph.AugmentedModel}; a new op goes into a {@link
 * sc.fiji.attribution.graph.ir.Op.Family family}, and another kind of backward pass makes a {@link
 * sc.fiji.attribution.graph.gradient.RuleTable} of its own. {@link
 * sc.fiji.attribution.graph.savedmodel.FusionBarriers} and {@link
 * sc.fiji.attribution.graph.ir.Kernels} hold what is known of the TensorFlow that runs it.
 */
package sc.fiji.attribution.graph;
