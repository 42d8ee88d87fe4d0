/**
 * The network as data: nodes, outputs, constants, static shapes, and {@code Ops}, which appends
 * nodes. Imports nothing of the other rooms; every front end and every pass is written in it. Start
 * reading at {@link sc.fiji.attribution.graph.ir.Graph}.
 */
package sc.fiji.attribution.graph.ir;
