/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Elements taken from, or put at, places along an axis of which an index tells one for each: what
 * PyTorch calls gather and scatter. Where the index is computed these are sums over rows of ones
 * and zeros, which are exact and have a gradient.
 */
public final class Places {

    private Places() {}

    /**
     * Element i… of the result is that of x whose place along the axis the index tells, at the same
     * places along all others.
     *
     * @param index of as many axes as x; along the others, no longer
     */
    public static Value taken(NetworkBuilder b, Value x, Value index, int axis) {
        Value at = b.known(index);
        if (at.allNumbers().isPresent() && x.extent(axis) > 0) {
            // It was computed for as many images as the file says, and is for no other number.
            for (int i = 0; i < x.rank(); i++) {
                if (i != axis && x.extent(i) < 0) {
                    throw b.refuse("its index does not follow the batch");
                }
            }
            Output places = b.output(coordinates(at, axis, x.extent(axis)));
            return Value.of(b.ops().emit("GatherNd", b.output(x), places), x.type(), at.shape());
        }
        Ops g = b.ops();
        int[] order = lastAxis(x.rank(), axis);
        Value from = Shaping.transpose(b, x, order);
        Value hot = rows(b, Shaping.transpose(b, index, order), x, axis);
        for (int i = 0; i < x.rank() - 1; i++) {
            if (hot.extent(i) != from.extent(i)) {
                throw b.refuse("its index is smaller than the tensor");
            }
        }
        Output wide = g.emit("ExpandDims", b.output(from), g.scalar(x.rank() - 1));
        Output sum = g.emit("Sum", g.mul(b.output(hot), wide), g.vector(x.rank()));
        int[] shape = Arrays.copyOf(hot.shape(), x.rank());
        return Shaping.transpose(b, Value.of(sum, x.type(), shape), order);
    }

    /**
     * A copy of x in which the places that the index tells hold updates; of several for one place,
     * which the formats leave open, their mean.
     *
     * @param index of as many axes as x, and as long along all but the one
     * @param adds whether updates are added to what is there
     */
    public static Value put(
            NetworkBuilder b, Value x, Value index, int axis, Value updates, boolean adds) {
        Ops g = b.ops();
        int last = x.rank() - 1;
        int[] order = lastAxis(x.rank(), axis);
        for (int i = 0; i < x.rank(); i++) {
            boolean whole = mayBeAlike(index.extent(i), x.extent(i));
            boolean given =
                    updates.rank() != x.rank() || mayBeAlike(updates.extent(i), index.extent(i));
            if (i != axis && !whole || !given) {
                throw b.refuse("its index is smaller than the tensor or than what is put");
            }
        }
        Output hot = b.output(rows(b, Shaping.transpose(b, index, order), x, axis));
        Output from = b.output(Shaping.transpose(b, x, order));
        Output given = b.output(updates);
        if (updates.rank() == x.rank()) {
            Output moved = b.output(Shaping.transpose(b, updates, order));
            given = g.emit("ExpandDims", moved, g.scalar(last + 1));
        }
        Output along = g.vector(last);
        Output sum = g.emit("Sum", g.mul(hot, given), along);
        Output result = adds ? g.add(from, sum) : instead(g, hot, along, sum, from);
        int[] shape = Arrays.stream(order).map(x::extent).toArray();
        return Shaping.transpose(b, Value.of(result, x.type(), shape), order);
    }

    private static boolean mayBeAlike(int extent, int other) {
        return extent == other || extent < 0 || other < 0;
    }

    /** The mean of what is put at a place, or what is there. */
    private static Output instead(Ops g, Output hot, Output along, Output sum, Output from) {
        Output count = g.emit("Sum", hot, along);
        Output mean = g.div(sum, g.emit("Maximum", count, g.onesLike(count)));
        Output any = g.emit("Greater", count, g.scalar(0.5, count));
        return g.emit("SelectV2", any, mean, from);
    }

    private static int[] lastAxis(int rank, int axis) {
        int[] order = IntStream.range(0, rank).toArray();
        order[axis] = rank - 1;
        order[rank - 1] = axis;
        return order;
    }

    /** For each place of an index, its axis last, as many zeros as x is long, and a one. */
    private static Value rows(NetworkBuilder b, Value index, Value x, int axis) {
        Ops g = b.ops();
        int extent = x.extent(axis);
        if (extent < 1) {
            throw b.refuse("the axis along which its index counts has no known extent");
        }
        if (!x.isFloating()) {
            throw b.refuse("it takes whole numbers by a computed index");
        }
        Output at = g.cast(b.output(index), DataType.DT_INT32);
        Output wrapped = g.emit("FloorMod", at, g.scalar(extent));
        Output hot =
                g.emit(
                        "OneHot",
                        List.of(
                                wrapped,
                                g.scalar(extent),
                                g.real(1, x.type()),
                                g.real(0, x.type())),
                        "axis",
                        -1);
        int[] shape = Arrays.copyOf(index.shape(), index.rank() + 1);
        shape[index.rank()] = extent;
        return Value.of(hot, x.type(), shape);
    }

    /**
     * Of each element of a known index, its place along every axis: of one axis more than the
     * index.
     *
     * @param extent of the axis along which it counts, for places from behind; -1 leaves them so
     */
    public static Value coordinates(Value index, int axis, int extent) {
        int rank = index.rank();
        double[] numbers = index.numbers();
        double[] places = new double[Math.multiplyExact(numbers.length, rank)];
        for (int i = 0; i < numbers.length; i++) {
            int left = i;
            for (int along = rank - 1; along >= 0; along--) {
                int own = left % index.extent(along);
                left /= index.extent(along);
                double told = numbers[i] < 0 && extent > 0 ? numbers[i] + extent : numbers[i];
                places[i * rank + along] = along == axis ? told : own;
            }
        }
        int[] shape = Arrays.copyOf(index.shape(), rank + 1);
        shape[rank] = rank;
        return Value.known(DataType.DT_INT32, shape, places);
    }

    /**
     * The largest or smallest elements along an axis in order, and their places, of int64.
     *
     * @param count how many; fewer than one, or more than there are, are refused
     */
    public static List<Value> extremes(
            NetworkBuilder b, Value x, int count, int axis, boolean largest) {
        Ops g = b.ops();
        int extent = x.extent(axis);
        if (count < 1 || extent >= 0 && count > extent) {
            throw b.refuse("it takes " + count + " of " + extent + " elements");
        }
        int[] order = lastAxis(x.rank(), axis);
        Value moved = Shaping.transpose(b, x, order);
        Output from = b.output(moved);
        Output top = g.emit("TopKV2", largest ? from : g.neg(from), g.scalar(count));
        int[] shape = moved.shape().clone();
        shape[shape.length - 1] = count;
        Output places = g.cast(new Output(top.node(), 1), DataType.DT_INT64);
        Value values = Value.of(largest ? top : g.neg(top), x.type(), shape);
        return List.of(
                Shaping.transpose(b, values, order),
                Shaping.transpose(b, Value.of(places, DataType.DT_INT64, shape), order));
    }
}
