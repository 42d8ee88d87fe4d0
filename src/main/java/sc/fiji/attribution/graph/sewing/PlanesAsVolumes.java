/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.sewing;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
 * worse one with it. Filters of volumes it lets oneDNN order in each call, which takes a quarter of
 * the time where they are large and images small. What oneDNN does while a convolution writes
 * (biases, ReLU) is written for the slice too; all of it is there as an image under its name.
 */
final class PlanesAsVolumes {

    /**
     * Elements of a filter. Larger ones are dense layers that are written as convolutions of one
     * place, where ordering them takes longer than all else.
     */
    private static final long LARGEST = 1L << 24;

    /**
     * What may follow at once. Others lose their parameters where TensorFlow fuses them, and of
     * sums that something else reads too it only says that it cannot.
     */
    private static final Set<String> FOLLOWING = Set.of("BiasAdd", "Relu", "Relu6");

    private final Graph graph;
    private final Kernels kernels;

    /** Nodes that hold an image as a volume, by that image. */
    private final Map<Output, NodeDef> volumes = new HashMap<>();

    PlanesAsVolumes(Graph graph, Kernels kernels) {
        this.graph = graph;
        this.kernels = kernels;
    }

    /** A node as it is to be loaded, behind what it needs; the node itself where it stays. */
    List<NodeDef> write(NodeDef def) {
        Node node = Node.of(def);
        boolean convolves = def.getOp().equals("Conv2D") && isDense(node) && kernels.hasOneDnn();
        if (!convolves && !follows(node)) {
            return List.of(def);
        }
        List<NodeDef> held =
                node.inputs().stream().map(volumes::get).filter(Objects::nonNull).toList();
        Around around = Around.of(def, graph, held);
        Output volume = convolves ? convolved(node, around.ops()) : following(node, around.ops());
        volumes.put(node.out(), around.ops().graph().node(volume));
        return around.with(
                NodeDef.newBuilder()
                        .setName(def.getName())
                        .setOp("Squeeze")
                        .addInput(volume.asInput())
                        .putAttr("T", node.attr("T"))
                        .putAttr("squeeze_dims", Ops.list(1))
                        .build());
    }

    private boolean follows(Node node) {
        return FOLLOWING.contains(node.op())
                && volumes.containsKey(node.in(0))
                && !(node.op().equals("BiasAdd") && node.channelsFirst());
    }

    private Output following(Node node, Ops ops) {
        List<Output> inputs =
                node.inputs().stream().map(x -> volumes.containsKey(x) ? held(x) : x).toList();
        return ops.emit(node.op(), inputs);
    }

    private Output held(Output image) {
        return new Output(volumes.get(image).getName(), 0);
    }

    private Output convolved(Node node, Ops ops) {
        Output image = node.in(0);
        boolean explicit = node.text("padding").equals("EXPLICIT");
        if (explicit) {
            int[] paddings =
                    Arrays.stream(node.list("explicit_paddings")).mapToInt(i -> (int) i).toArray();
            image = ops.emit("Pad", image, ops.reshape(ops.vector(paddings), ops.vector(-1, 2)));
        }
        return ops.emit(
                "Conv3D",
                List.of(
                        volumes.containsKey(image)
                                ? held(image)
                                : ops.emit("ExpandDims", image, ops.scalar(1)),
                        ops.emit("ExpandDims", node.in(1), ops.scalar(0))),
                "strides",
                ofVolumes(node.list("strides")),
                "dilations",
                ofVolumes(node.list("dilations")),
                "padding",
                explicit ? "VALID" : node.text("padding"));
    }

    /** [b, y, x, c] as [b, z, y, x, c]. */
    private static AttrValue ofVolumes(long... ofPlanes) {
        return Ops.list(1, 1, ofPlanes[1], ofPlanes[2], 1);
    }

    /** Whether all channels meet all filters, of which oneDNN has one kind only for volumes. */
    private boolean isDense(Node node) {
        if (node.channelsFirst() || node.attr("T").getType() != DataType.DT_FLOAT) {
            return false;
        }
        Optional<long[]> filter = StaticShape.ofWeight(graph, node.in(1));
        if (filter.isEmpty() || Arrays.stream(filter.get()).reduce(1, (a, b) -> a * b) > LARGEST) {
            return false;
        }
        return ImageChannels.meetAll(graph, node.in(0), filter.get());
    }
}
