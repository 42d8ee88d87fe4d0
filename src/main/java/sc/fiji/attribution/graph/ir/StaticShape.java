/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/** The shape of a weight, or of what is made of weights alone, where the graph itself says it. */
public final class StaticShape {

    /** What is made of weights is made in fewer steps than this. */
    private static final int DEEPEST = 12;

    private StaticShape() {}

    /**
     * Extents of a constant, of a variable's value, or of what simple arithmetic makes of them;
     * empty for all else.
     */
    public static Optional<long[]> ofWeight(Graph graph, Output output) {
        return ofWeight(graph, output, 0);
    }

    private static Optional<long[]> ofWeight(Graph graph, Output output, int depth) {
        if (depth > DEEPEST) {
            return Optional.empty();
        }
        NodeDef node = graph.node(output);
        List<Output> inputs = Graph.inputs(node);
        return switch (node.getOp()) {
            case "Const" -> extents(node.getAttrOrThrow("value").getTensor().getTensorShape());
            case "VarHandleOp", "VariableV2", "EnsureShape" ->
                    extents(node.getAttrOrThrow("shape").getShape());
            case "Reshape" -> reshaped(graph, node, depth);
            case "Transpose" -> transposed(graph, inputs, depth);
            case "Unpack" -> ofWeight(graph, inputs.get(0), depth + 1).map(s -> unpacked(s, node));
            case "ReverseV2" -> ofWeight(graph, inputs.get(0), depth + 1);
            case "Pad" -> padded(graph, inputs, depth);
            case "Squeeze" -> ofWeight(graph, inputs.get(0), depth + 1).map(s -> squeezed(s, node));
            default -> {
                if (OpTable.is(node, Trait.READS_VARIABLE)) {
                    yield ofWeight(graph, inputs.get(0), depth + 1);
                }
                yield OpTable.is(node, Trait.ELEMENTWISE)
                        ? inputs.stream()
                                .map(input -> ofWeight(graph, input, depth + 1))
                                .reduce((a, b) -> a.flatMap(x -> b.map(y -> broadcast(x, y))))
                                .orElse(Optional.empty())
                        : Optional.empty();
            }
        };
    }

    private static long[] broadcast(long[] a, long[] b) {
        long[] result = new long[Math.max(a.length, b.length)];
        for (int i = 1; i <= result.length; i++) {
            long left = i > a.length ? 1 : a[a.length - i];
            long right = i > b.length ? 1 : b[b.length - i];
            result[result.length - i] = Math.max(left, right);
        }
        return result;
    }

    private static Optional<long[]> transposed(Graph graph, List<Output> inputs, int depth) {
        Optional<long[]> before = ofWeight(graph, inputs.get(0), depth + 1);
        return before.flatMap(
                shape ->
                        constant(graph, inputs.get(1))
                                .map(
                                        o ->
                                                Arrays.stream(o)
                                                        .map(axis -> shape[(int) axis])
                                                        .toArray()));
    }

    private static Optional<long[]> padded(Graph graph, List<Output> inputs, int depth) {
        Optional<long[]> before = ofWeight(graph, inputs.get(0), depth + 1);
        Optional<long[]> paddings = constant(graph, inputs.get(1));
        if (before.isEmpty() || paddings.isEmpty()) {
            return Optional.empty();
        }
        long[] shape = before.get().clone();
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] += paddings.get()[2 * axis] + paddings.get()[2 * axis + 1];
        }
        return Optional.of(shape);
    }

    /** Whole numbers that stand in the graph, in the order of storage. */
    public static Optional<long[]> constant(Graph graph, Output output) {
        NodeDef node = graph.node(output);
        if (node.getOp().equals("Reshape")) {
            return constant(graph, Graph.inputs(node).get(0));
        }
        return node.getOp().equals("Const")
                ? Optional.of(
                        Arrays.stream(Constants.values(node.getAttrOrThrow("value").getTensor()))
                                .mapToLong(value -> (long) value)
                                .toArray())
                : Optional.empty();
    }

    private static Optional<long[]> reshaped(Graph graph, NodeDef node, int depth) {
        Optional<long[]> wanted = constant(graph, Graph.inputs(node).get(1));
        Optional<long[]> before = ofWeight(graph, Graph.inputs(node).get(0), depth + 1);
        if (wanted.isEmpty() || before.isEmpty()) {
            return Optional.empty();
        }
        long[] shape = wanted.get();
        // -1 stands for what is left.
        long named = Arrays.stream(shape).filter(extent -> extent >= 0).reduce(1, (a, b) -> a * b);
        long left = Arrays.stream(before.get()).reduce(1, (a, b) -> a * b) / Math.max(1, named);
        return Optional.of(Arrays.stream(shape).map(e -> e < 0 ? left : e).toArray());
    }

    private static long[] unpacked(long[] shape, NodeDef node) {
        long along = Math.floorMod(Node.of(node).attr("axis").getI(), (long) shape.length);
        return LongStream.range(0, shape.length)
                .filter(axis -> axis != along)
                .map(axis -> shape[(int) axis])
                .toArray();
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
