/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Ops of one element of each of their inputs, which broadcast as NumPy's do. Where one is held with
 * channels last, so are the others, and the result.
 */
public final class Elementwise {

    private static final Map<String, DoubleUnaryOperator> UNARY =
            Map.ofEntries(
                    Map.entry("Neg", x -> -x),
                    Map.entry("Abs", Math::abs),
                    Map.entry("Sign", Math::signum),
                    Map.entry("Floor", Math::floor),
                    Map.entry("Ceil", Math::ceil),
                    Map.entry("Round", Math::rint),
                    Map.entry("Sqrt", Math::sqrt),
                    Map.entry("Rsqrt", x -> 1 / Math.sqrt(x)),
                    Map.entry("Exp", Math::exp),
                    Map.entry("Log", Math::log),
                    Map.entry("Reciprocal", x -> 1 / x),
                    Map.entry("Square", x -> x * x),
                    Map.entry("Relu", x -> Math.max(x, 0)),
                    Map.entry("Tanh", Math::tanh),
                    Map.entry("Sigmoid", x -> 1 / (1 + Math.exp(-x))),
                    Map.entry("Softplus", x -> Math.log1p(Math.exp(x))),
                    Map.entry("LogicalNot", x -> x == 0 ? 1 : 0));

    private static final Map<String, DoubleBinaryOperator> BINARY =
            Map.ofEntries(
                    Map.entry("AddV2", (a, b) -> a + b),
                    Map.entry("Sub", (a, b) -> a - b),
                    Map.entry("Mul", (a, b) -> a * b),
                    Map.entry("RealDiv", (a, b) -> a / b),
                    Map.entry(
                            "TruncateDiv",
                            (a, b) -> b == 0 ? Double.NaN : (double) ((long) a / (long) b)),
                    Map.entry("FloorDiv", (a, b) -> Math.floor(a / b)),
                    Map.entry("FloorMod", (a, b) -> a - Math.floor(a / b) * b),
                    Map.entry("TruncateMod", (a, b) -> a % b),
                    Map.entry("Pow", Math::pow),
                    Map.entry("Maximum", Math::max),
                    Map.entry("Minimum", Math::min),
                    Map.entry("Equal", (a, b) -> a == b ? 1 : 0),
                    Map.entry("NotEqual", (a, b) -> a != b ? 1 : 0),
                    Map.entry("Less", (a, b) -> a < b ? 1 : 0),
                    Map.entry("LessEqual", (a, b) -> a <= b ? 1 : 0),
                    Map.entry("Greater", (a, b) -> a > b ? 1 : 0),
                    Map.entry("GreaterEqual", (a, b) -> a >= b ? 1 : 0),
                    Map.entry("LogicalAnd", (a, b) -> a != 0 && b != 0 ? 1 : 0),
                    Map.entry("LogicalOr", (a, b) -> a != 0 || b != 0 ? 1 : 0));

    private static final List<String> COMPARISONS =
            List.of("Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual");

    private Elementwise() {}

    /**
     * One of TensorFlow's ops of one input, such as {@code Relu}.
     *
     * @param attributes of the node, alternating names and values
     */
    public static Value unary(NetworkBuilder b, String op, Value x, Object... attributes) {
        Value a = b.known(x);
        if (UNARY.containsKey(op) && Folding.applies(a)) {
            double[] numbers = Folding.map(a, a.type(), UNARY.get(op));
            Value folded = Value.known(a.type(), a.shape(), numbers);
            if (folded.allNumbers().isPresent() || x.output() == null) {
                return folded;
            }
        }
        Ops g = b.ops();
        Output in = x.last() ? x.output() : b.output(x);
        return new Value(
                g.emit(op, List.of(in), attributes), x.type(), x.shape(), x.last(), null, null);
    }

    /** One of TensorFlow's ops of two inputs, such as {@code AddV2}. */
    public static Value binary(NetworkBuilder b, String op, Value x, Value y) {
        return joined(b, op, List.of(x, y));
    }

    /** {@code mask ? x : y}. */
    public static Value where(NetworkBuilder b, Value mask, Value x, Value y) {
        Value m = b.known(mask);
        if (Folding.applies(m) && m.allNumbers().isPresent()) {
            double first = m.numbers().length == 0 ? 1 : m.numbers()[0];
            int[] shape = Folding.broadcast(m.shape(), Folding.broadcast(x.shape(), y.shape()));
            Value chosen = first != 0 ? x : y;
            boolean one = Arrays.stream(m.numbers()).allMatch(v -> v == first);
            if (one && Arrays.equals(chosen.shape(), shape)) {
                return chosen;
            }
            if (Folding.applies(b.known(x), b.known(y))
                    && Arrays.stream(shape).allMatch(e -> e >= 0)) {
                double[] masks = Folding.spread(m.numbers(), m.shape(), shape);
                double[] xs = Folding.spread(b.known(x).numbers(), x.shape(), shape);
                double[] ys = Folding.spread(b.known(y).numbers(), y.shape(), shape);
                double[] picked = new double[masks.length];
                Arrays.setAll(picked, i -> masks[i] != 0 ? xs[i] : ys[i]);
                Value folded = Value.known(x.type(), shape, picked);
                if (folded.allNumbers().isPresent()) {
                    return folded;
                }
                Value emitted = joined(b, "SelectV2", List.of(mask, x, y));
                return new Value(emitted.output(), x.type(), shape, emitted.last(), picked, null);
            }
        }
        return joined(b, "SelectV2", List.of(mask, x, y));
    }

    /** x in another type. */
    public static Value cast(NetworkBuilder b, Value x, DataType type) {
        if (x.type() == type) {
            return x;
        }
        Value a = b.known(x);
        double[] numbers = Folding.applies(a) ? Folding.map(a, type, v -> v) : null;
        if (numbers != null && (Value.known(type, a.shape(), numbers).allNumbers().isPresent())) {
            return Value.known(type, a.shape(), numbers);
        }
        Ops g = b.ops();
        Output in = x.last() ? x.output() : b.output(x);
        return new Value(g.cast(in, type), type, x.shape(), x.last(), numbers, null);
    }

    private static Value joined(NetworkBuilder b, String op, List<Value> parts) {
        int[] shape = new int[0];
        for (Value part : parts) {
            shape = Folding.broadcast(shape, part.shape());
        }
        boolean compares = COMPARISONS.contains(op) || op.startsWith("Logical");
        DataType type = compares ? DataType.DT_BOOL : parts.get(parts.size() - 1).type();
        double[] numbers = null;
        if (parts.size() == 2 && BINARY.containsKey(op)) {
            Value x = b.known(parts.get(0));
            Value y = b.known(parts.get(1));
            if (Folding.applies(x, y) && open(shape).isEmpty()) {
                numbers = Folding.map(x, y, type, BINARY.get(op));
                Value folded = Value.known(type, shape, numbers);
                if (folded.allNumbers().isPresent()) {
                    return folded;
                }
            }
        }
        int rank = shape.length;
        boolean last = parts.stream().anyMatch(part -> part.last() && part.rank() == rank);
        List<Output> inputs = new ArrayList<>();
        for (Value part : parts) {
            inputs.add(last ? aligned(b, part, rank) : b.output(part));
        }
        return new Value(b.ops().emit(op, inputs), type, shape, last, numbers, null);
    }

    private static Optional<Integer> open(int[] shape) {
        return Arrays.stream(shape).boxed().filter(extent -> extent < 0).findFirst();
    }

    /** A part beside others of that rank with channels last. */
    static Output aligned(NetworkBuilder b, Value part, int rank) {
        if (part.last() && part.rank() == rank) {
            return part.output();
        }
        if (part.rank() == 0 || part.size() == 1) {
            return b.output(part.rank() == 0 ? part : Shaping.reshape(b, part, Value.ints()));
        }
        int[] full = new int[rank];
        Arrays.fill(full, 1);
        System.arraycopy(part.shape(), 0, full, rank - part.rank(), part.rank());
        Value whole =
                part.rank() == rank ? part : Shaping.reshape(b, part, Shaping.extents(part, full));
        if (!part.isConstant()) {
            return b.outputLast(whole);
        }
        // What is the same at all places is one vector over the channels.
        boolean channels = IntStream.range(0, rank).allMatch(i -> i == 1 || full[i] == 1);
        if (channels) {
            return b.output(Shaping.reshape(b, part, Value.ints(full[1])));
        }
        return b.outputLast(whole);
    }
}
