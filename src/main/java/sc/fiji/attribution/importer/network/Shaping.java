/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Ops that say, change or follow the shape of a value: its axes are the author's. */
public final class Shaping {

    private Shaping() {}

    /** The extents, a vector of int64; those that are open are known only where the graph runs. */
    public static Value shape(NetworkBuilder b, Value x) {
        double[] numbers =
                Arrays.stream(x.shape()).mapToDouble(e -> e < 0 ? Double.NaN : e).toArray();
        Value known = Value.known(DataType.DT_INT64, new int[] {x.rank()}, numbers);
        if (known.allNumbers().isPresent()) {
            return known;
        }
        Ops g = b.ops();
        Output shape;
        if (x.last()) {
            Output held = g.emit("Shape", List.of(x.output()), "out_type", DataType.DT_INT64);
            Output order = g.vector(NetworkBuilder.fromLast(x.rank()));
            shape = g.emit("GatherV2", held, order, g.scalar(0));
        } else {
            shape = g.emit("Shape", List.of(b.output(x)), "out_type", DataType.DT_INT64);
        }
        return new Value(shape, DataType.DT_INT64, known.shape(), false, numbers, null);
    }

    /** A shape for {@link #reshape}, of which one extent may be open and is then what is left. */
    public static Value extents(Value of, int... shape) {
        double[] numbers = Arrays.stream(shape).asDoubleStream().toArray();
        return Value.known(DataType.DT_INT64, new int[] {shape.length}, numbers);
    }

    /**
     * The same elements in the same order.
     *
     * @param extents integers; one may be -1, which stands for what is left
     */
    public static Value reshape(NetworkBuilder b, Value x, Value extents) {
        double[] wanted = b.known(extents).numbers();
        if (wanted == null) {
            throw b.refuse("the rank of a shape depends on the image");
        }
        int[] shape = Arrays.stream(wanted).mapToInt(e -> Double.isNaN(e) ? -1 : (int) e).toArray();
        int open = (int) Arrays.stream(shape).filter(e -> e < 0).count();
        // Open extents may be told apart by numbers below zero.
        int[] vector = Arrays.stream(shape).map(e -> Math.max(e, -1)).toArray();
        if (open == 1 && x.size() >= 0) {
            long others = 1;
            for (int extent : shape) {
                others *= extent < 0 ? 1 : extent;
            }
            if (others == 0 || x.size() % others != 0) {
                throw b.refuse(
                        Arrays.toString(x.shape())
                                + " cannot be reshaped to "
                                + Arrays.toString(shape));
            }
            for (int i = 0; i < shape.length; i++) {
                shape[i] = shape[i] < 0 ? (int) (x.size() / others) : shape[i];
            }
        } else if (open == 0 && x.size() >= 0 && Value.known(x.type(), shape).size() != x.size()) {
            throw b.refuse(
                    Arrays.toString(x.shape())
                            + " cannot be reshaped to "
                            + Arrays.toString(shape));
        }
        if (Arrays.equals(shape, x.shape()) && open == 0) {
            return x;
        }
        if (x.numbers() != null) {
            Output output =
                    x.output() == null ? null : b.ops().reshape(b.output(x), b.vector(extents));
            return new Value(output, x.type(), shape, false, x.numbers(), null);
        }
        if (x.weight() != null) {
            return Value.of(x.weight().reshaped(Arrays.stream(shape).asLongStream().toArray()));
        }
        Ops g = b.ops();
        Output target = open <= 1 ? g.vector(vector) : b.vector(extents);
        return Value.of(g.reshape(b.output(x), target), x.type(), shape);
    }

    /** With axes of extent 1 put in, which are counted in the result. */
    public static Value unsqueeze(NetworkBuilder b, Value x, long... axes) {
        int rank = x.rank() + axes.length;
        List<Integer> shape = new ArrayList<>();
        List<Integer> at = Arrays.stream(axes).mapToObj(a -> axis(b, a, rank)).sorted().toList();
        int next = 0;
        for (int i = 0; i < rank; i++) {
            shape.add(at.contains(i) ? 1 : x.extent(next++));
        }
        int[] extents = shape.stream().mapToInt(e -> e).toArray();
        if (Arrays.stream(x.shape()).filter(e -> e < 0).count() <= 1 || x.output() == null) {
            return reshape(b, x, extents(x, extents));
        }
        Output out = b.output(x);
        for (int axis : at) {
            out = b.ops().emit("ExpandDims", out, b.ops().scalar(axis));
        }
        return Value.of(out, x.type(), extents);
    }

    /** Without axes of extent 1; all of them where none is named. */
    public static Value squeeze(NetworkBuilder b, Value x, long... axes) {
        List<Integer> out =
                axes.length == 0
                        ? IntStream.range(0, x.rank())
                                .filter(i -> x.extent(i) == 1)
                                .boxed()
                                .toList()
                        : Arrays.stream(axes).mapToObj(a -> axis(b, a, x.rank())).toList();
        int[] shape =
                IntStream.range(0, x.rank()).filter(i -> !out.contains(i)).map(x::extent).toArray();
        if (Arrays.stream(shape).filter(e -> e < 0).count() <= 1 || x.output() == null) {
            return reshape(b, x, extents(x, shape));
        }
        long[] dims = out.stream().mapToLong(i -> i).toArray();
        return Value.of(
                b.ops().emit("Squeeze", List.of(b.output(x)), "squeeze_dims", Ops.list(dims)),
                x.type(),
                shape);
    }

    /** An axis that may be counted from behind. */
    static int axis(NetworkBuilder b, long axis, int rank) {
        long positive = axis < 0 ? axis + rank : axis;
        if (positive < 0 || positive >= Math.max(rank, 1)) {
            throw b.refuse("axis " + axis + " of " + rank + " axes");
        }
        return (int) positive;
    }

    /** Where an axis of a value is held. */
    static int held(Value x, int axis) {
        return x.last() ? NetworkBuilder.fromLast(x.rank())[axis] : axis;
    }

    /** In the order that the graph holds it. */
    static Output held(NetworkBuilder b, Value x) {
        return x.last() ? x.output() : b.output(x);
    }

    /**
     * With the axes in another order.
     *
     * @param order for each new axis, which of the old ones it is
     */
    public static Value transpose(NetworkBuilder b, Value x, int... order) {
        int rank = x.rank();
        int[] shape = Arrays.stream(order).map(x::extent).toArray();
        if (IntStream.range(0, rank).allMatch(i -> order[i] == i)) {
            return x;
        }
        if (x.numbers() != null && Folding.applies(x) && x.size() >= 0 && x.output() == null) {
            return Value.known(x.type(), shape, Folding.transpose(x.numbers(), x.shape(), order));
        }
        if (x.weight() != null) {
            return Value.of(x.weight().permuted(order));
        }
        // Nothing moves where what is asked for is how the graph holds it already.
        if (!x.last() && rank > 2 && Arrays.equals(order, NetworkBuilder.fromLast(rank))) {
            return Value.last(b.output(x), x.type(), shape);
        }
        int[] moved = Arrays.stream(order).map(axis -> held(x, axis)).toArray();
        Output held = held(b, x);
        if (IntStream.range(0, rank).allMatch(i -> moved[i] == i)) {
            return Value.of(held, x.type(), shape);
        }
        return Value.of(b.ops().emit("Transpose", held, b.ops().vector(moved)), x.type(), shape);
    }

    /** Values one after the other along an axis. */
    public static Value concat(NetworkBuilder b, List<Value> given, long along) {
        List<Value> parts =
                given.stream().filter(v -> !(v.rank() == 1 && v.extent(0) == 0)).toList();
        if (parts.isEmpty()) {
            return given.get(0);
        }
        if (parts.size() == 1) {
            return parts.get(0);
        }
        int rank = parts.get(0).rank();
        int axis = axis(b, along, rank);
        int[] shape = parts.get(0).shape().clone();
        int extent = 0;
        for (Value part : parts) {
            if (part.rank() != rank) {
                throw b.refuse("values of different ranks are joined");
            }
            extent = extent < 0 || part.extent(axis) < 0 ? -1 : extent + part.extent(axis);
            for (int i = 0; i < rank; i++) {
                shape[i] = shape[i] < 0 ? part.extent(i) : shape[i];
            }
        }
        shape[axis] = extent;
        List<Value> known = parts.stream().map(b::known).toList();
        double[] numbers = null;
        if (rank == 1 && Folding.applies(known.toArray(new Value[0]))) {
            numbers = known.stream().flatMapToDouble(v -> Arrays.stream(v.numbers())).toArray();
            Value folded = Value.known(parts.get(0).type(), shape, numbers);
            if (folded.allNumbers().isPresent()) {
                return folded;
            }
        }
        boolean last = rank > 2 && parts.stream().anyMatch(Value::last);
        List<Output> inputs =
                new ArrayList<>(NetworkBuilder.outputs(parts, last ? b::outputLast : b::output));
        inputs.add(b.ops().scalar(last ? NetworkBuilder.fromLast(rank)[axis] : axis));
        Output joined = b.ops().emit("ConcatV2", inputs);
        return new Value(joined, parts.get(0).type(), shape, last, numbers, null);
    }

    /** Repeated along axes of extent 1 until the extents are those that both broadcast to. */
    public static Value expand(NetworkBuilder b, Value x, Value extents) {
        double[] wanted = b.known(extents).numbers();
        if (wanted == null) {
            throw b.refuse("the rank of a shape depends on the image");
        }
        int[] to = Arrays.stream(wanted).mapToInt(e -> Double.isNaN(e) ? -1 : (int) e).toArray();
        int[] shape = Folding.broadcast(x.shape(), to);
        Value known = x.output() == null ? b.known(x) : x;
        if (Arrays.equals(shape, x.shape()) && Arrays.stream(shape).noneMatch(e -> e < 0)) {
            return x;
        }
        boolean fixed = Arrays.stream(shape).noneMatch(e -> e < 0);
        if (known.numbers() != null
                && fixed
                && Folding.count(shape) <= NetworkBuilder.MOST_NUMBERS) {
            return Value.known(x.type(), shape, Folding.spread(known.numbers(), x.shape(), shape));
        }
        Ops g = b.ops();
        Output target =
                fixed ? g.vector(shape) : g.emit("BroadcastArgs", runtime(b, x), b.vector(extents));
        return Value.of(g.emit("BroadcastTo", b.output(x), target), x.type(), shape);
    }

    private static Output runtime(NetworkBuilder b, Value x) {
        return b.vector(shape(b, x));
    }

    /** Repeated whole, so many times along each axis. */
    public static Value tile(NetworkBuilder b, Value x, Value repeats) {
        double[] numbers = b.known(repeats).numbers();
        if (numbers != null && Arrays.stream(numbers).anyMatch(Double::isNaN)) {
            int[] open =
                    IntStream.range(0, x.rank())
                            .map(
                                    i ->
                                            Double.isNaN(numbers[i]) || x.extent(i) < 0
                                                    ? -1
                                                    : (int) (x.extent(i) * numbers[i]))
                            .toArray();
            Output tiled = b.ops().emit("Tile", b.output(x), b.vector(repeats));
            return Value.of(tiled, x.type(), open);
        }
        long[] times = b.longs(repeats, "how often it is repeated");
        int[] shape =
                IntStream.range(0, x.rank())
                        .map(i -> x.extent(i) < 0 ? -1 : (int) (x.extent(i) * times[i]))
                        .toArray();
        if (Arrays.stream(times).allMatch(t -> t == 1)) {
            return x;
        }
        int[] held = new int[x.rank()];
        for (int i = 0; i < held.length; i++) {
            held[held(x, i)] = (int) times[i];
        }
        Ops g = b.ops();
        return new Value(
                g.emit("Tile", held(b, x), g.vector(held)), x.type(), shape, x.last(), null, null);
    }
}
