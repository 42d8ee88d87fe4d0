/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.sewing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Writes convolutions of images as ones of volumes of a single slice. The values are the same, the
 * time is not: a single image is the one case in which TensorFlow 2.16 hands oneDNN the filter in
 * the file's order, for which that has no good kernel without AVX-512 (ten times slower) and a
 * worse one with it. Filters of volumes it lets oneDNN order in each call, which takes long where
 * they are large: see {@link OrderedFilters}. What oneDNN does while a convolution writes (biases,
 * ReLU) is written for the slice too; all of it is there as an image under its name.
 */
final class PlanesAsVolumes {

    /**
     * What may follow at once. Others lose their parameters where TensorFlow fuses them, and of
     * sums that something else reads too it only says that it cannot.
     */
    private static final Set<String> FOLLOWING = Set.of("BiasAdd", "Relu", "Relu6");

    private final Graph graph;

    /** Nodes that hold an image as a volume, by that image. */
    private final Map<Output, NodeDef> volumes = new HashMap<>();

    PlanesAsVolumes(Graph graph) {
        this.graph = graph;
    }

    /** A convolution as it is to be loaded, behind what it needs. */
    List<NodeDef> write(DenseImage convolution) {
        return write(convolution.node(), ops -> convolved(convolution, ops));
    }

    /** What follows one, as it is to be loaded; empty where nothing is to be done. */
    Optional<List<NodeDef>> follow(NodeDef def) {
        Node node = Node.of(def);
        boolean follows =
                FOLLOWING.contains(node.op())
                        && volumes.containsKey(node.in(0))
                        && !(node.op().equals("BiasAdd") && node.channelsFirst());
        return follows ? Optional.of(write(node, ops -> following(node, ops))) : Optional.empty();
    }

    private List<NodeDef> write(Node node, Function<Ops, Output> as) {
        NodeDef def = node.def();
        List<NodeDef> held =
                node.inputs().stream().map(volumes::get).filter(Objects::nonNull).toList();
        Around around = Around.of(def, graph, held);
        Output volume = as.apply(around.ops());
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

    private Output following(Node node, Ops ops) {
        List<Output> inputs =
                node.inputs().stream().map(x -> volumes.containsKey(x) ? held(x) : x).toList();
        return ops.emit(node.op(), inputs);
    }

    private Output held(Output image) {
        return new Output(volumes.get(image).getName(), 0);
    }

    private Output convolved(DenseImage convolution, Ops ops) {
        Node node = convolution.node();
        Output image = convolution.image(ops);
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
                convolution.padding());
    }

    /** [b, y, x, c] as [b, z, y, x, c]. */
    private static AttrValue ofVolumes(long... ofPlanes) {
        return Ops.list(1, 1, ofPlanes[1], ofPlanes[2], 1);
    }
}
