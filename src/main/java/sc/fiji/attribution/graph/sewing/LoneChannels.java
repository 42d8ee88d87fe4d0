/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.sewing;

import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.StaticShape;

/**
 * Keeps transposed convolutions, and gradients of convolutions, from one channel to one channel
 * right. Where oneDNN is on, TensorFlow's kernel for them mistakes the layout of such a filter and
 * its results are those of another one (seen in 2.16 and 2.21, 2-D and 3-D). With a second channel
 * of zeros in what is spread and in the filter it is right.
 */
final class LoneChannels {

    private LoneChannels() {}

    /** A node as it is to be loaded, with what has to stand in front of it. */
    static List<NodeDef> accompany(NodeDef node, Graph graph) {
        boolean spreads =
                node.getOp().equals("Conv2DBackpropInput")
                        || node.getOp().equals("Conv3DBackpropInputV2");
        if (!spreads || !isFromOneToOne(node, graph)) {
            return List.of(node);
        }
        Output filter = Graph.inputs(node).get(1);
        Output spread = Graph.inputs(node).get(2);
        Around around = Around.of(node, graph, List.of());
        Ops ops = around.ops();
        int rank = node.getOp().startsWith("Conv3D") ? 5 : 4;
        int channel = Node.of(node).channelsFirst() ? 1 : rank - 1;
        Output wide = withZeros(ops, filter, rank, rank - 1);
        Output two = withZeros(ops, spread, rank, channel);
        return around.with(
                node.toBuilder().setInput(1, wide.asInput()).setInput(2, two.asInput()).build());
    }

    /** Or may be: zeros do no harm to others. */
    private static boolean isFromOneToOne(NodeDef node, Graph graph) {
        Optional<long[]> shape = StaticShape.ofWeight(graph, Graph.inputs(node).get(1));
        return shape.map(s -> s[s.length - 1] == 1 && s[s.length - 2] == 1).orElse(true);
    }

    private static Output withZeros(Ops ops, Output x, int rank, int axis) {
        int[] paddings = new int[2 * rank];
        paddings[2 * axis + 1] = 1;
        return ops.emit("Pad", x, ops.reshape(ops.vector(paddings), ops.vector(rank, 2)));
    }
}
