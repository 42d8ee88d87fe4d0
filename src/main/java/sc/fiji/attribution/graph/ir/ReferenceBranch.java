/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.util.HashMap;
import java.util.Map;
import org.tensorflow.proto.NodeDef;

/**
 * A part of the network once more in one graph, with something else in place of what it starts
 * from: a copy of every node on the way.
 */
public final class ReferenceBranch {

    private final Map<String, String> twins = new HashMap<>();

    /** For a pass through the network. */
    public ReferenceBranch(Graph graph, Route route, Output start, Output instead) {
        this(graph, route, start, instead, Ops.SCOPE + NodeName.TWIN);
    }

    /**
     * @param route from the start to wherever the twin is looked at
     * @param instead of the start
     * @param scope prefix of the twin's names
     */
    public ReferenceBranch(Graph graph, Route route, Output start, Output instead, String scope) {
        twins.put(start.node(), instead.node());
        for (NodeDef node : route.nodes()) {
            if (node.getName().equals(start.node())) {
                continue;
            }
            NodeDef.Builder twin = node.toBuilder();
            twin.setName(graph.freeName(scope + node.getName()));
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

    /** The same output in the twin; itself where it does not depend on the start. */
    public Output of(Output output) {
        return new Output(twins.getOrDefault(output.node(), output.node()), output.index());
    }
}
