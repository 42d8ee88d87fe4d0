/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.sewing;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.ImageChannels;
import sc.fiji.attribution.graph.ir.Kernels;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.StaticShape;

/**
 * Writes convolutions of images as ones of volumes of a single slice. The values are the same, the
 * time is not: a single image is the one case in which TensorFlow 2.16 hands oneDNN the filter in
 * the file's order, for which that has no good kernel without AVX-512 (ten times slower) and a
 * worse one with it. Filters of volumes it lets oneDNN order in each call, which takes a few
 * percent of the time.
 */
final class PlanesAsVolumes {

    /**
     * Elements of a filter. Larger ones are dense layers that are written as convolutions of one
     * place, where ordering them takes longer than all else.
     */
    private static final long LARGEST = 1L << 24;

    private PlanesAsVolumes() {}

    /** A node as it is to be loaded, behind what it needs. */
    static List<NodeDef> written(NodeDef def, Graph graph, Kernels kernels) {
        Node node = Node.of(def);
        if (!def.getOp().equals("Conv2D") || !isDense(node, graph) || !kernels.hasOneDnn()) {
            return List.of(def);
        }
        Around around = Around.of(def, graph);
        Ops ops = around.ops();
        Output image = node.in(0);
        String padding = node.text("padding");
        if (padding.equals("EXPLICIT")) {
            int[] paddings =
                    Arrays.stream(node.list("explicit_paddings")).mapToInt(i -> (int) i).toArray();
            image = ops.emit("Pad", image, ops.reshape(ops.vector(paddings), ops.vector(-1, 2)));
            padding = "VALID";
        }
        Output slice = ops.scalar(1);
        Output volume =
                ops.emit(
                        "Conv3D",
                        List.of(
                                ops.emit("ExpandDims", image, slice),
                                ops.emit("ExpandDims", node.in(1), ops.scalar(0))),
                        "strides",
                        ofVolumes(node.list("strides")),
                        "dilations",
                        ofVolumes(node.list("dilations")),
                        "padding",
                        padding);
        return around.with(
                NodeDef.newBuilder()
                        .setName(def.getName())
                        .setOp("Squeeze")
                        .addInput(volume.asInput())
                        .putAttr("T", node.attr("T"))
                        .putAttr("squeeze_dims", Ops.list(1))
                        .build());
    }

    /** [b, y, x, c] as [b, z, y, x, c]. */
    private static AttrValue ofVolumes(long... ofPlanes) {
        return Ops.list(1, 1, ofPlanes[1], ofPlanes[2], 1);
    }

    /** Whether all channels meet all filters, of which oneDNN has one kind only for volumes. */
    private static boolean isDense(Node node, Graph graph) {
        if (node.channelsFirst() || node.attr("T").getType() != DataType.DT_FLOAT) {
            return false;
        }
        Optional<long[]> filter = StaticShape.ofWeight(graph, node.in(1));
        if (filter.isEmpty() || Arrays.stream(filter.get()).reduce(1, (a, b) -> a * b) > LARGEST) {
            return false;
        }
        OptionalLong channels = ImageChannels.of(graph, node.in(0), filter.get().length);
        return channels.isPresent() && channels.getAsLong() == filter.get()[2];
    }
}
