/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.Set;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * Where a graph's logits are, and what closes it.
 *
 * @param output the tensor that holds the logits, float
 * @param closing op type of the closing activation: {@code Softmax}, {@code Sigmoid}, or empty
 *     where the scores themselves are the logits
 */
record Logits(Output output, String closing) {

    private static final Set<String> TRANSPARENT =
            Set.of("Identity", "IdentityN", "Reshape", "Squeeze", "EnsureShape", "Snapshot");

    /** Walks up from the scores to the input of the closing softmax or sigmoid. */
    static Logits find(Graph graph, Output scores) {
        Output at = scores;
        while (true) {
            NodeDef node = graph.node(at);
            if (node.getOp().equals("Softmax") || node.getOp().equals("Sigmoid")) {
                return new Logits(Graph.inputs(node).get(0), node.getOp());
            }
            boolean castsFloats =
                    node.getOp().equals("Cast")
                            && ReverseMode.isFloating(graph.type(Graph.inputs(node).get(0)));
            if (!castsFloats && !TRANSPARENT.contains(node.getOp())) {
                return new Logits(scores, "");
            }
            at = Graph.inputs(node).get(node.getOp().equals("IdentityN") ? at.index() : 0);
        }
    }

    /** Whether the logits must be cast before they leave the graph. */
    boolean isFloat32(Graph graph) {
        return graph.type(output) == DataType.DT_FLOAT;
    }
}
