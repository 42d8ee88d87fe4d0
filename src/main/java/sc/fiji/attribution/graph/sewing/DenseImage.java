/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.sewing;

import java.util.Arrays;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.ImageChannels;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.StaticShape;

/**
 * A convolution of images, channels last, all of whose channels meet all filters.
 *
 * @param weights elements of its filter
 */
record DenseImage(Node node, long weights) {

    /**
     * Larger filters are dense layers that are written as convolutions of one place, where ordering
     * them takes longer than all else, and a copy of them much memory.
     */
    private static final long MOST = 1L << 24;

    /** The node as such a one, where it is known to be one. */
    static Optional<DenseImage> of(NodeDef def, Graph graph) {
        Node node = Node.of(def);
        if (!def.getOp().equals("Conv2D")
                || node.channelsFirst()
                || node.attr("T").getType() != DataType.DT_FLOAT) {
            return Optional.empty();
        }
        return StaticShape.ofWeight(graph, node.in(1))
                .filter(filter -> ImageChannels.meetAll(graph, node.in(0), filter))
                .map(filter -> new DenseImage(node, elements(filter)))
                .filter(image -> image.weights <= MOST);
    }

    private static long elements(long... shape) {
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    private boolean isExplicit() {
        return node.text("padding").equals("EXPLICIT");
    }

    /** What it reads, padded already where it says by how much. */
    Output image(Ops ops) {
        if (!isExplicit()) {
            return node.in(0);
        }
        int[] paddings =
                Arrays.stream(node.list("explicit_paddings")).mapToInt(i -> (int) i).toArray();
        return ops.emit("Pad", node.in(0), ops.reshape(ops.vector(paddings), ops.vector(-1, 2)));
    }

    /** That of what is padded already. */
    String padding() {
        return isExplicit() ? "VALID" : node.text("padding");
    }
}
