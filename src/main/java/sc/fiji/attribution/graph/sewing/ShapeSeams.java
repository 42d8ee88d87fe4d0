/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.sewing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Keeps the loading of long chains linear. For each shape that a graph asks for, TensorFlow walks
 * back, breadth first, until something tells that the value is no constant: a variable or the
 * image. In most networks one is a few steps away; in a chain of sums it is the other end, so that
 * loading costs the square of the length (24 s for 2,000 times {@code x + x}). A {@code
 * PlaceholderWithDefault} in front of the shape, which nobody feeds, ends the walk and costs
 * nothing.
 */
final class ShapeSeams {

    /** Longer walks are cut; networks of layers with weights have none of them. */
    private static final int LONGEST_WALK = 64;

    private static final int CONSTANT = Integer.MAX_VALUE / 2;

    /** Steps back to what is no constant, by node. */
    private final Map<String, Integer> steps = new HashMap<>();

    private final Graph graph;

    /**
     * @param sorted nodes of the graph, predecessors first
     */
    ShapeSeams(Graph graph, List<NodeDef> sorted) {
        this.graph = graph;
        sorted.forEach(node -> steps.put(node.getName(), count(node)));
    }

    private int count(NodeDef node) {
        OpDef op = OpRegistry.ops().get(node.getOp());
        boolean seen =
                switch (node.getOp()) {
                    case "PlaceholderWithDefault", "Merge", "Enter", "Exit" -> false;
                    default -> op == null || !op.getIsStateful();
                };
        if (!seen) {
            return 0;
        }
        OptionalInt nearest =
                Graph.inputs(node).stream()
                        .mapToInt(input -> steps.getOrDefault(input.node(), 0))
                        .min();
        if (nearest.isEmpty()) {
            return node.getOp().equals("Const") ? CONSTANT : 0;
        }
        return Math.min(CONSTANT, nearest.getAsInt() + 1);
    }

    /** A node as it is to be loaded, with the seam in front of it where it needs one. */
    List<NodeDef> sew(NodeDef node) {
        if (!node.getOp().equals("Shape") && !node.getOp().equals("Size")) {
            return List.of(node);
        }
        Output input = Graph.inputs(node).get(0);
        int walk = steps.getOrDefault(input.node(), 0);
        if (walk <= LONGEST_WALK || walk == CONSTANT) {
            return List.of(node);
        }
        NodeDef seam = seam(node.getName() + "/seam", input, graph);
        return List.of(seam, node.toBuilder().setInput(0, seam.getName()).build());
    }

    /** What is not seen through. */
    static NodeDef seam(String name, Output input, Graph graph) {
        TensorShapeProto any = TensorShapeProto.newBuilder().setUnknownRank(true).build();
        return NodeDef.newBuilder()
                .setName(name)
                .setOp("PlaceholderWithDefault")
                .addInput(input.asInput())
                .putAttr("dtype", AttrValue.newBuilder().setType(graph.type(input)).build())
                .putAttr("shape", AttrValue.newBuilder().setShape(any).build())
                .build();
    }
}
