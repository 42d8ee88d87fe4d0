/**
 * Reverse mode: a table from op type to a rule that emits nodes. A new op goes into one of the
 * {@link sc.fiji.attribution.graph.ir.Op.Family families} here, with its traits. Start reading at
 * {@link sc.fiji.attribution.graph.gradient.ReverseMode}.
 */
package sc.fiji.attribution.graph.gradient;
