/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.sewing;

import java.util.List;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Keeps TensorFlow 2.16 from fusing what it fuses wrongly where oneDNN is on: a convolution, its
 * bias, an addition (as at the end of a residual block) and a leaky ReLU lose the slope of the
 * latter, which becomes 0.2, and with a Mish instead, or after batch normalisation with a Tanh or
 * Mish, the network does not run at all. And it takes scale and offset of an instance normalisation
 * that is spelled out for constants, and ends the process where they are variables. Of padding and
 * a convolution of volumes that are made one it forgets the padding when it works out shapes: a
 * mean over 2×2×2 voxels that it takes for one is left out. A {@code PlaceholderWithDefault} in
 * between, which nobody feeds, costs nothing and is not seen through.
 */
final class FusionBarriers {

    private FusionBarriers() {}

    /** A node as it is to be loaded, with the seam in front of it where it needs one. */
    static List<NodeDef> sew(NodeDef node, Graph graph) {
        boolean root = node.getOp().equals("Rsqrt");
        boolean volumes = node.getOp().equals("Conv3D");
        if (!root && !volumes && !OpTable.is(node, Trait.MISFUSED)) {
            return List.of(node);
        }
        Output input = Graph.inputs(node).get(0);
        NodeDef before = graph.node(input);
        boolean joins = OpTable.is(before, Trait.ADDS) || OpTable.is(before, Trait.NORMALISATION);
        boolean misfused =
                volumes
                        ? OpTable.is(before, Trait.PADS)
                        : joins && (!root || ofMean(before, graph));
        if (!misfused) {
            return List.of(node);
        }
        String name = node.getName() + "/seam";
        NodeDef seam = ShapeSeams.seam(name, input, graph);
        return List.of(seam, node.toBuilder().setInput(0, name).build());
    }

    /** Whether it adds to a mean, as an epsilon to a variance. */
    private static boolean ofMean(NodeDef sum, Graph graph) {
        return Graph.inputs(sum).stream()
                .anyMatch(input -> graph.node(input).getOp().equals("Mean"));
    }
}
