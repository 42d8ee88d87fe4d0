/**
 * Reverse mode: a table from op type to a rule that emits nodes. A new op goes into one of the
 * tables that {@link sc.fiji.attribution.graph.gradient.GradientRules} joins. Start reading at
 * {@link sc.fiji.attribution.graph.gradient.ReverseMode}.
 */
package sc.fiji.attribution.graph.gradient;
