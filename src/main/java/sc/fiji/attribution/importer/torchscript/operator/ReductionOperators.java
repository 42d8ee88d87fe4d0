/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.importer.network.Reductions;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.archive.Tuple;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.ScriptTensor;
import sc.fiji.attribution.importer.torchscript.call.Size;

/** Operators that sum up along axes, and those that scale along one. */
final class ReductionOperators {

    private final TensorOperators all;
    private final Emission g;

    private ReductionOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        ReductionOperators each = new ReductionOperators(all);
        each.plain("mean", "Mean");
        each.plain("sum", "Sum");
        each.plain("amax", "Max");
        each.plain("amin", "Min");
        each.spread();
        each.extremes();
        each.norms();
        each.along();
    }

    private void plain(String name, String op) {
        all.add(
                name + "(x, dim=None, keepdim=False, dtype=None)",
                a -> {
                    // sum(x, dtype) has the type in the axes' place.
                    boolean typed = a.given() == 2 && !(a.value("dim") instanceof List);
                    Value x = counted(a);
                    x = op.equals("Mean") ? g.floating(x) : x;
                    int[] axes =
                            typed && !name.startsWith("am")
                                    ? IntStream.range(0, x.rank()).toArray()
                                    : a.axes("dim", x.rank());
                    return g.reduce(op, x, axes, a.flag("keepdim"));
                });
    }

    private void spread() {
        all.add("var(x, dim=None, unbiased=True, keepdim=False, correction=1)", this::variance);
        all.add(
                "std(x, dim=None, unbiased=True, keepdim=False, correction=1)",
                a -> g.unary("Sqrt", variance(a)));
        all.table()
                .add(
                        "var_mean(x, dim=None, unbiased=True, keepdim=False, correction=1)",
                        a -> Tuple.of(new ScriptTensor(variance(a)), new ScriptTensor(mean(a))));
        all.table()
                .add(
                        "std_mean(x, dim=None, unbiased=True, keepdim=False, correction=1)",
                        a ->
                                Tuple.of(
                                        new ScriptTensor(g.unary("Sqrt", variance(a))),
                                        new ScriptTensor(mean(a))));
    }

    /** {@code var(x, unbiased)} has a flag in the axes' place. */
    private static int[] axes(Arguments a, int rank) {
        return a.value("dim") instanceof Boolean
                ? IntStream.range(0, rank).toArray()
                : a.axes("dim", rank);
    }

    private Value mean(Arguments a) {
        Value x = all.tensor(a, "x");
        return g.mean(x, axes(a, x.rank()), a.flag("keepdim"));
    }

    private Value variance(Arguments a) {
        Value x = g.floating(all.tensor(a, "x"));
        int[] axes = axes(a, x.rank());
        Value off = g.sub(x, g.mean(x, axes, true));
        Value mean = g.mean(g.unary("Square", off), axes, a.flag("keepdim"));
        boolean unbiased = a.value("dim") instanceof Boolean flag ? flag : a.flag("unbiased");
        double correction = unbiased ? a.number("correction", 1) : 0;
        if (correction == 0) {
            return mean;
        }
        Object count = 1L;
        for (int axis : axes) {
            count = all.scalars().times(count, g.extent(x, axis));
        }
        if (count instanceof Long n) {
            return g.mul(mean, n / Math.max(0, n - correction));
        }
        Value n = g.cast(Value.of(((Size) count).value(), DataType.DT_INT32), DataType.DT_FLOAT);
        return g.mul(mean, g.div(n, g.add(n, -correction)));
    }

    private void extremes() {
        all.table()
                .add(
                        "max(x, dim=None, keepdim=False)",
                        a -> extreme(a, "Max", "Maximum", "ArgMax"));
        all.table()
                .add(
                        "min(x, dim=None, keepdim=False)",
                        a -> extreme(a, "Min", "Minimum", "ArgMin"));
        all.add("argmax(x, dim=None, keepdim=False)", a -> position(a, "ArgMax"));
        all.add("argmin(x, dim=None, keepdim=False)", a -> position(a, "ArgMin"));
        all.table()
                .add(
                        "aminmax(x, dim=None, keepdim=False)",
                        a ->
                                Tuple.of(
                                        new ScriptTensor(over(a, "Min")),
                                        new ScriptTensor(over(a, "Max"))));
        all.add(
                "count_nonzero(x, dim=None)",
                a -> {
                    Value x = all.tensor(a, "x");
                    Value truth = g.cast(truth(x), DataType.DT_INT64);
                    return g.reduce("Sum", truth, a.axes("dim", x.rank()), false);
                });
        all.add("any(x, dim=None, keepdim=False)", a -> logical(a, "Any"));
        all.add("all(x, dim=None, keepdim=False)", a -> logical(a, "All"));
    }

    private Object extreme(Arguments a, String op, String pair, String place) {
        Value x = all.tensor(a, "x");
        if (a.value("dim") instanceof ScriptTensor other) {
            return new ScriptTensor(g.binary(pair, x, other.read()));
        }
        int[] axes = a.axes("dim", x.rank());
        Value value = g.reduce(op, x, axes, a.flag("keepdim"));
        return a.isNone("dim")
                ? new ScriptTensor(value)
                : Tuple.of(new ScriptTensor(value), new ScriptTensor(position(a, place)));
    }

    private Value position(Arguments a, String op) {
        Value x = all.tensor(a, "x");
        if (a.isNone("dim")) {
            x = g.reshape(x, -1);
        }
        int axis = a.isNone("dim") ? 0 : a.axis("dim", x.rank());
        int[] shape =
                IntStream.range(0, x.rank()).filter(i -> i != axis).map(i -> x0(a, i)).toArray();
        Value place =
                g.emit(
                        op,
                        a.isNone("dim") ? new int[0] : shape,
                        List.of(g.out(x), g.ops().scalar(axis)),
                        "output_type",
                        DataType.DT_INT64);
        if (!a.flag("keepdim")) {
            return place;
        }
        List<Object> kept = g.extents(place);
        kept.add(axis, 1L);
        return g.reshape(place, kept);
    }

    private int x0(Arguments a, int axis) {
        return a.isNone("dim") ? 1 : all.tensor(a, "x").shape()[axis];
    }

    private Value over(Arguments a, String op) {
        Value x = all.tensor(a, "x");
        return g.reduce(op, x, a.axes("dim", x.rank()), a.flag("keepdim"));
    }

    private Value logical(Arguments a, String op) {
        Value x = all.tensor(a, "x");
        return g.reduce(op, truth(x), a.axes("dim", x.rank()), a.flag("keepdim"));
    }

    private Value truth(Value x) {
        return x.type() == DataType.DT_BOOL ? x : g.binary("NotEqual", x, g.number(0, x.type()));
    }

    /** Of each row of one matrix from each of another. */
    private Value distances(Arguments a) {
        Value x = g.floating(all.tensor(a, "x"));
        Value y = g.floating(all.tensor(a, "y"));
        if (a.number("p") != 2 || x.rank() != y.rank()) {
            throw a.refuse(a.number("p") != 2 ? "p=" + a.number("p") : "different ranks");
        }
        List<Object> rows = g.extents(x);
        rows.add(x.rank() - 1, 1L);
        List<Object> others = g.extents(y);
        others.add(y.rank() - 2, 1L);
        Value off = g.sub(g.reshape(x, rows), g.reshape(y, others));
        int[] last = {x.rank()};
        return g.unary("Sqrt", g.reduce("Sum", g.unary("Square", off), last, false));
    }

    /** Of vectors along an axis. */
    private Value cosine(Arguments a) {
        Value x = g.floating(all.tensor(a, "x"));
        Value y = g.floating(all.tensor(a, "y"));
        int rank = Math.max(x.rank(), y.rank());
        int[] axes = {a.axis("dim", rank)};
        Value least = g.number(a.number("eps"), DataType.DT_FLOAT);
        Value lengths = null;
        for (Value each : List.of(x, y)) {
            Value square = g.reduce("Sum", g.unary("Square", each), axes, false);
            Value length = g.binary("Maximum", g.unary("Sqrt", square), least);
            lengths = lengths == null ? length : g.mul(lengths, length);
        }
        return g.div(g.reduce("Sum", g.mul(x, y), axes, false), lengths);
    }

    private void norms() {
        all.add("norm(x, p=2, dim=None, keepdim=False, dtype=None)", a -> norm(a, "p"));
        all.add(
                "linalg_vector_norm(x, ord=2, dim=None, keepdim=False, dtype=None)",
                a -> norm(a, "ord"));
        all.add(
                "pairwise_distance(x, y, p=2, eps=1e-06, keepdim=False)",
                a -> {
                    Value off = g.sub(all.tensor(a, "x"), all.tensor(a, "y"));
                    int[] last = {off.rank() - 1};
                    Value apart = g.add(off, a.number("eps"));
                    return length(apart, last, a.flag("keepdim"), a.number("p"));
                });
        all.add(
                "dist(x, y, p=2)",
                a -> {
                    Value off = g.floating(g.sub(all.tensor(a, "x"), all.tensor(a, "y")));
                    return length(
                            off, IntStream.range(0, off.rank()).toArray(), false, a.number("p"));
                });
        all.add("cdist(x, y, p=2, mode=None)", this::distances);
        all.add("cosine_similarity(x, y, dim=1, eps=1e-08)", this::cosine);
        all.add(
                "frobenius_norm(x, dim=None, keepdim=False)",
                a -> length(all.tensor(a, "x"), a, 2));
        all.add(
                "logsumexp(x, dim, keepdim=False)",
                a -> {
                    Value x = all.tensor(a, "x");
                    int[] axes = a.axes("dim", x.rank());
                    long[] along = Arrays.stream(axes).asLongStream().toArray();
                    return Reductions.logSumExp(g.builder(), x, along, a.flag("keepdim"));
                });
        all.add(
                "prod(x, dim=None, keepdim=False, dtype=None)",
                a -> {
                    Value x = counted(a);
                    return g.reduce("Prod", x, a.axes("dim", x.rank()), a.flag("keepdim"));
                });
    }

    private Value norm(Arguments a, String order) {
        Value x = g.floating(all.tensor(a, "x"));
        return length(x, a, a.number(order, 2));
    }

    private Value length(Value x, Arguments a, double order) {
        return length(x, a.axes("dim", x.rank()), a.flag("keepdim"), order);
    }

    private Value length(Value x, int[] axes, boolean keep, double order) {
        if (order == 2) {
            return g.unary("Sqrt", g.reduce("Sum", g.unary("Square", x), axes, keep));
        }
        Value size = g.unary("Abs", x);
        if (order == 1) {
            return g.reduce("Sum", size, axes, keep);
        }
        if (order == 0) { // how many are not 0
            return g.reduce("Sum", g.unary("Sign", size), axes, keep);
        }
        if (Double.isInfinite(order)) {
            return g.reduce(order > 0 ? "Max" : "Min", size, axes, keep);
        }
        Value powers = g.binary("Pow", size, g.number(order, x.type()));
        Value sum = g.reduce("Sum", powers, axes, keep);
        return g.binary("Pow", sum, g.number(1 / order, x.type()));
    }

    private void along() {
        all.add("softmax(x, dim, dtype=None)", a -> softmax(a, "Softmax"));
        all.table().alias("softmax", "_softmax", "special_softmax");
        all.add("log_softmax(x, dim, dtype=None)", a -> softmax(a, "LogSoftmax"));
        all.table().alias("log_softmax", "_log_softmax");
        all.add("cumsum(x, dim, dtype=None)", a -> running(a, "Cumsum"));
        all.add("cumprod(x, dim, dtype=None)", a -> running(a, "Cumprod"));
    }

    /** TensorFlow's works along the last axis. */
    private Value softmax(Arguments a, String op) {
        Value x = g.floating(all.tensor(a, "x"));
        int axis = a.axis("dim", x.rank());
        if (x.last() && axis == 1) {
            return g.unary(op, x);
        }
        int[] order = IntStream.range(0, x.rank()).toArray();
        order[axis] = x.rank() - 1;
        order[x.rank() - 1] = axis;
        return g.transpose(g.unary(op, plain(g.transpose(x, order))), order);
    }

    private Value plain(Value x) {
        return Value.of(g.out(x), x.type(), x.shape());
    }

    /** Of the type that is asked for; truths are counted as whole numbers. */
    private Value counted(Arguments a) {
        Value x = all.tensor(a, "x");
        if (a.value("dtype") instanceof Long code) {
            return g.cast(x, ConversionOperators.type(a, code));
        }
        return x.type() == DataType.DT_BOOL ? g.cast(x, DataType.DT_INT64) : x;
    }

    private Value running(Arguments a, String op) {
        Value x = counted(a);
        return g.emit(op, x.shape(), List.of(g.out(x), g.ops().scalar(a.axis("dim", x.rank()))));
    }

    static int[] spatial(Value x) {
        return IntStream.range(2, x.rank()).toArray();
    }

    static boolean isOnly(int[] numbers, int number) {
        return Arrays.stream(numbers).allMatch(each -> each == number);
    }
}
