/**
 * Backward passes by other rules than the gradient: guided, LRP, DeepLIFT. Each is a {@link
 * sc.fiji.attribution.graph.gradient.RuleTable} with some entries of its own. Start reading at
 * {@link sc.fiji.attribution.graph.propagation.MultiplierRules}.
 */
package sc.fiji.attribution.graph.propagation;
