/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Topology;

/**
 * What leads from the image to some places of a network, for images of one size. It is never run,
 * but TensorFlow knows what extents its values have.
 *
 * @param nodes with the shapes of large weights in place of them
 * @param values what computes with the image's values, in order of computation
 * @param places what is asked for
 */
public record SizedNetwork(GraphDef nodes, List<NodeDef> values, List<Output> places) {

    /** Bytes of a weight that is left away. */
    private static final int LARGE = 1 << 12;

    /**
     * @param input where the image is fed
     * @param image its extents
     */
    static SizedNetwork of(Graph graph, Output input, List<Output> places, int... image) {
        List<NodeDef> sorted =
                Topology.ancestors(
                                places.stream().map(Output::node).toList(),
                                name ->
                                        name.equals(input.node())
                                                ? List.of()
                                                : Graph.predecessors(graph.node(name)))
                        .stream()
                        .map(graph::node)
                        .toList();
        Set<String> reached = graph.descendants(input.node(), sorted);
        GraphDef.Builder nodes = GraphDef.newBuilder();
        List<NodeDef> values = new ArrayList<>();
        for (NodeDef node : sorted) {
            Output value = new Output(node.getName(), 0);
            if (node.getName().equals(input.node())) {
                nodes.addNode(placeholder(node, graph.type(value), shape(image)));
                continue;
            }
            if (reached.contains(node.getName()) && Ops.isFloating(graph.type(value))) {
                values.add(node);
            }
            TensorProto weight =
                    node.getAttrOrDefault("value", AttrValue.getDefaultInstance()).getTensor();
            nodes.addNode(
                    weight.getSerializedSize() > LARGE && Ops.isFloating(weight.getDtype())
                            ? placeholder(node, weight.getDtype(), weight.getTensorShape())
                            : node);
        }
        return new SizedNetwork(nodes.build(), values, places);
    }

    private static NodeDef placeholder(NodeDef of, DataType type, TensorShapeProto shape) {
        return NodeDef.newBuilder()
                .setName(of.getName())
                .setOp("Placeholder")
                .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
                .putAttr("shape", AttrValue.newBuilder().setShape(shape).build())
                .build();
    }

    private static TensorShapeProto shape(int... extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int extent : extents) {
            shape.addDimBuilder().setSize(extent);
        }
        return shape.build();
    }
}
