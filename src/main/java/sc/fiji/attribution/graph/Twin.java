/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.HashMap;
import java.util.Map;
import org.tensorflow.proto.NodeDef;

/** The same network once more in one graph, on a baseline: a copy of every node on the way. */
final class Twin {

    private static final String SCOPE = Ops.SCOPE + "baseline/";

    private final Map<String, String> twins = new HashMap<>();

    /**
     * @param route from the image
     * @param baseline what the twin is fed
     */
    Twin(Graph graph, Route route, Output baseline) {
        twins.put(route.nodes().get(0).getName(), baseline.node());
        for (NodeDef node : route.nodes().subList(1, route.nodes().size())) {
            NodeDef.Builder twin = node.toBuilder();
            twin.setName(graph.freeName(SCOPE + node.getName()));
            for (int i = 0; i < node.getInputCount(); i++) {
                String input = node.getInput(i);
                if (!input.startsWith("^")) {
                    twin.setInput(i, of(Output.parse(input)).asInput());
                }
            }
            twins.put(node.getName(), twin.getName());
            graph.put(twin.build());
        }
    }

    /** The same output for the baseline; itself where the image does not matter. */
    Output of(Output output) {
        return new Output(twins.getOrDefault(output.node(), output.node()), output.index());
    }

    /** The same node for the baseline. */
    Node of(Node node) {
        Node twin = node;
        for (int i = 0; i < node.inputs().size(); i++) {
            twin = twin.with(i, of(node.in(i)));
        }
        String name = twins.getOrDefault(node.name(), node.name());
        return new Node(node.def().toBuilder().setName(name).build(), twin.inputs());
    }
}
