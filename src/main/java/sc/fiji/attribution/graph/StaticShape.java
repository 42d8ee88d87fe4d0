/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/** The shape of a weight, where the graph itself says it. */
final class StaticShape {

    private StaticShape() {}

    /**
     * Extents of a constant, of a variable's value, or of what simple arithmetic makes of them;
     * empty for all else.
     */
    static Optional<long[]> ofWeight(Graph graph, Output output) {
        NodeDef node = graph.node(output);
        return switch (node.getOp()) {
            case "Const" -> extents(node.getAttrOrThrow("value").getTensor().getTensorShape());
            case "VarHandleOp", "VariableV2", "EnsureShape" ->
                    extents(node.getAttrOrThrow("shape").getShape());
            case "ReadVariableOp", "Identity", "Cast" -> ofWeight(graph, Graph.inputs(node).get(0));
            case "Reshape" -> reshaped(graph, node);
            case "Rsqrt", "Sqrt", "Neg", "Relu", "Square" ->
                    ofWeight(graph, Graph.inputs(node).get(0));
            case "Add", "AddV2", "Sub", "Mul", "RealDiv", "Maximum", "Minimum" ->
                    broadcast(graph, Graph.inputs(node));
            case "Squeeze" ->
                    ofWeight(graph, Graph.inputs(node).get(0)).map(s -> squeezed(s, node));
            default -> Optional.empty();
        };
    }

    private static Optional<long[]> reshaped(Graph graph, NodeDef node) {
        NodeDef wanted = graph.node(Graph.inputs(node).get(1));
        if (!wanted.getOp().equals("Const")
                || ofWeight(graph, Graph.inputs(node).get(0)).isEmpty()) {
            return Optional.empty();
        }
        double[] extents = Constants.values(wanted.getAttrOrThrow("value").getTensor());
        // -1 stands for what is left.
        return Arrays.stream(extents).allMatch(extent -> extent >= 0)
                ? Optional.of(Arrays.stream(extents).mapToLong(extent -> (long) extent).toArray())
                : Optional.empty();
    }

    private static Optional<long[]> broadcast(Graph graph, List<Output> inputs) {
        Optional<long[]> left = ofWeight(graph, inputs.get(0));
        Optional<long[]> right = ofWeight(graph, inputs.get(1));
        if (left.isEmpty() || right.isEmpty()) {
            return Optional.empty();
        }
        boolean longer = left.get().length >= right.get().length;
        long[] shape = (longer ? left : right).get().clone();
        long[] other = (longer ? right : left).get();
        for (int i = 0; i < other.length; i++) {
            int at = shape.length - other.length + i;
            shape[at] = Math.max(shape[at], other[i]);
        }
        return Optional.of(shape);
    }

    /** Without the axes of extent 1, or those of them that the op names. */
    private static long[] squeezed(long[] shape, NodeDef node) {
        Set<Long> named = new HashSet<>();
        for (long axis : Node.of(node).list("squeeze_dims")) {
            named.add(Math.floorMod(axis, (long) shape.length));
        }
        return LongStream.range(0, shape.length)
                .filter(axis -> shape[(int) axis] != 1 || !named.isEmpty() && !named.contains(axis))
                .map(axis -> shape[(int) axis])
                .toArray();
    }

    private static Optional<long[]> extents(TensorShapeProto shape) {
        if (shape.getUnknownRank()) {
            return Optional.empty();
        }
        long[] extents =
                shape.getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize).toArray();
        for (long extent : extents) {
            if (extent < 0) {
                return Optional.empty();
            }
        }
        return Optional.of(extents);
    }
}
