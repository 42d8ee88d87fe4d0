/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Ops that make one element of many along some axes. */
public final class Reductions {

    private static final Map<String, DoubleBinaryOperator> FOLDED =
            Map.of(
                    "Sum", Double::sum,
                    "Prod", (a, b) -> a * b,
                    "Max", Math::max,
                    "Min", Math::min);

    private Reductions() {}

    /**
     * One of TensorFlow's reductions: {@code Sum}, {@code Mean}, {@code Max}, {@code Min}, {@code
     * Prod}.
     *
     * @param axes may be counted from behind; none for all
     * @param keep whether they stay, with extent 1
     */
    public static Value reduce(NetworkBuilder b, String op, Value x, long[] axes, boolean keep) {
        int rank = x.rank();
        int[] along =
                axes.length == 0
                        ? IntStream.range(0, rank).toArray()
                        : Arrays.stream(axes)
                                .mapToInt(a -> Shaping.axis(b, a, rank))
                                .sorted()
                                .toArray();
        int[] kept =
                IntStream.range(0, rank)
                        .map(i -> Arrays.binarySearch(along, i) >= 0 ? 1 : x.extent(i))
                        .toArray();
        Value known = b.known(x);
        if (rank <= 1 && FOLDED.containsKey(op) && known.allNumbers().isPresent()) {
            double value =
                    Arrays.stream(known.numbers())
                            .reduce(FOLDED.get(op))
                            .orElse(op.equals("Prod") ? 1 : 0);
            return Value.known(x.type(), keep ? new int[] {1} : new int[0], value);
        }
        int[] held = Arrays.stream(along).map(axis -> Shaping.held(x, axis)).sorted().toArray();
        Ops g = b.ops();
        if (keep) {
            Output out = g.emit(op, List.of(Shaping.held(b, x), g.vector(held)), "keep_dims", true);
            return held(x, out, kept);
        }
        int[] shape =
                IntStream.range(0, rank)
                        .filter(i -> Arrays.binarySearch(along, i) < 0)
                        .map(x::extent)
                        .toArray();
        boolean channels = Arrays.binarySearch(along, 1) >= 0;
        boolean same =
                !x.last()
                        || channels
                        || shape.length <= 1
                        || along.length == rank - 2 && Arrays.binarySearch(along, 0) < 0;
        Output from = same ? Shaping.held(b, x) : b.output(x);
        Ops p = b.ops();
        Output out = p.emit(op, from, p.vector(same ? held : along));
        return Value.of(out, x.type(), shape);
    }

    /**
     * The logarithm of a sum of exponentials. The largest is taken out first, so that nothing
     * overflows.
     *
     * @param axes as {@link #reduce} has them
     */
    public static Value logSumExp(NetworkBuilder b, Value x, long[] axes, boolean keep) {
        Ops g = b.ops();
        Output largest = g.emit("StopGradient", Shaping.held(b, reduce(b, "Max", x, axes, true)));
        // Infinity cannot be taken out.
        Output most = g.where(g.emit("IsFinite", largest), largest);
        Output powers = g.emit("Exp", g.sub(Shaping.held(b, x), most));
        Value sum = reduce(b, "Sum", held(x, powers, x.shape()), axes, true);
        Value log = held(x, g.add(g.emit("Log", sum.output()), most), sum.shape());
        return keep ? log : reduce(b, "Sum", log, axes, false);
    }

    private static Value held(Value like, Output output, int[] shape) {
        return new Value(output, like.type(), shape, like.last(), null, null);
    }

    /** Softmax or log-softmax along an axis. */
    public static Value softmax(NetworkBuilder b, String op, Value x, int axis) {
        int rank = x.rank();
        int at = Shaping.held(x, axis);
        if (at == rank - 1) {
            Output in = Shaping.held(b, x);
            return held(x, b.ops().emit(op, in), x.shape());
        }
        int[] order =
                IntStream.range(0, rank)
                        .map(i -> i == axis ? rank - 1 : i == rank - 1 ? axis : i)
                        .toArray();
        Value moved = Shaping.transpose(b, x, order);
        Value out = Value.of(b.ops().emit(op, b.output(moved)), x.type(), moved.shape());
        return Shaping.transpose(b, out, order);
    }

    /** The index of the largest or smallest element along an axis, of int64. */
    public static Value arg(NetworkBuilder b, String op, Value x, int axis, boolean keep) {
        Ops g = b.ops();
        Output out =
                g.emit(op, List.of(b.output(x), g.scalar(axis)), "output_type", DataType.DT_INT64);
        int[] shape = IntStream.range(0, x.rank()).filter(i -> i != axis).map(x::extent).toArray();
        Value index = Value.of(out, DataType.DT_INT64, shape);
        return keep ? Shaping.unsqueeze(b, index, axis) : index;
    }
}
