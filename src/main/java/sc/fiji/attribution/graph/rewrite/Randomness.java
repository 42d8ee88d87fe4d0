/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.ir.ValueRange;

/** Which values of a graph differ from run to run, and since which node. */
final class Randomness {

    private final Graph graph;

    Randomness(Graph graph) {
        this.graph = graph;
    }

    /**
     * Follows random numbers. They stop where they decide nothing: in a mask that is always true
     * since the dropout rate is 0, say.
     *
     * @param sorted nodes, predecessors first; nodes that are not among them count as fixed
     * @return names of nodes that differ from run to run, to the node that made the first random
     *     number in them
     */
    Map<String, NodeDef> follow(List<NodeDef> sorted) {
        ValueRange.Finder ranges = new ValueRange.Finder(graph);
        Map<String, NodeDef> sources = new LinkedHashMap<>();
        for (NodeDef node : sorted) {
            if (OpTable.is(node, Trait.RANDOM) && !repeats(node)) {
                sources.put(node.getName(), node);
                continue;
            }
            if (OpTable.is(node, Trait.VALUELESS)
                    || ranges.value(new Output(node.getName(), 0)).isPresent()) {
                continue;
            }
            for (Output input : Graph.inputs(node)) {
                if (sources.containsKey(input.node())) {
                    sources.put(node.getName(), sources.get(input.node()));
                    break;
                }
            }
        }
        return sources;
    }

    /** Random numbers from a seed that the graph holds are the same in every run. */
    private boolean repeats(NodeDef node) {
        return node.getOp().startsWith("Stateless")
                && graph.ancestors(List.of(node.getName())).stream()
                        .filter(before -> !before.getName().equals(node.getName()))
                        .noneMatch(
                                before ->
                                        OpRegistry.ops().get(before.getOp()).getIsStateful()
                                                && !before.getOp().startsWith("Stateless"));
    }
}
