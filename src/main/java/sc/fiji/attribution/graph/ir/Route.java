/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.NodeDef;

/**
 * The nodes by which outputs depend on another one, both ends included.
 *
 * @param nodes in the order of computation
 * @param names theirs
 */
public record Route(List<NodeDef> nodes, Set<String> names) {

    /** From the image, say, to the logits. */
    public static Route between(Graph graph, Output from, Output to) {
        return between(graph, from, List.of(to));
    }

    /** To any of several. */
    public static Route between(Graph graph, Output from, List<Output> to) {
        List<NodeDef> sorted = graph.ancestors(to.stream().map(Output::node).toList());
        Set<String> reached = graph.descendants(from.node(), sorted);
        return new Route(
                sorted.stream().filter(node -> reached.contains(node.getName())).toList(), reached);
    }

    /** Whether an output lies on it; all others are the same for every image. */
    public boolean has(Output output) {
        return names.contains(output.node());
    }

    /** By node, which nodes of the route read it. */
    public Map<String, List<NodeDef>> readers() {
        return Graph.consumers(nodes);
    }
}
