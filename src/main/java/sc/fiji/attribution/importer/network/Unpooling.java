/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Where the largest element of each window is, and back to there. */
public final class Unpooling {

    private Unpooling() {}

    /**
     * The place of the largest element of each window, the first of several: its index in the
     * flattened image of one channel.
     *
     * @param x its extents of space are known
     * @param ceil whether a window may reach beyond the padding at the high end
     * @return int64, the shape that max pooling gives
     */
    public static Value places(NetworkBuilder b, Value x, Window window, boolean ceil) {
        Window whole = Pooling.reaching(b, x, window, ceil);
        int[] shape = Pooling.shape(x, whole);
        Value padded = Padding.space(b, x, whole.before(), whole.after(), Pooling.LOWEST);
        int count = Arrays.stream(whole.size()).reduce(1, (p, q) -> p * q);
        Value best = Pooling.element(b, padded, whole, 0, shape);
        Value place =
                Elementwise.where(
                        b,
                        Elementwise.binary(b, "Equal", best, best),
                        index(x, whole, 0, shape),
                        index(x, whole, 0, shape));
        for (int k = 1; k < count; k++) {
            Value next = Pooling.element(b, padded, whole, k, shape);
            Value larger = Elementwise.binary(b, "Greater", next, best);
            place = Elementwise.where(b, larger, index(x, whole, k, shape), place);
            best = Elementwise.binary(b, "Maximum", best, next);
        }
        return place;
    }

    /** The index in the image of an element of each window. */
    private static Value index(Value x, Window window, int element, int... shape) {
        int axes = window.axes();
        int[] places = Arrays.copyOfRange(shape, 2, shape.length);
        int[] offset = Pooling.offset(window, element);
        double[] index = new double[Arrays.stream(places).reduce(1, (p, q) -> p * q)];
        for (int n = 0; n < index.length; n++) {
            int rest = n;
            long factor = 1;
            for (int i = axes - 1; i >= 0; i--) {
                int at = rest % places[i] * window.strides()[i] + offset[i] - window.before()[i];
                index[n] += at * factor;
                factor *= x.extent(i + 2);
                rest /= places[i];
            }
        }
        int[] ones = IntStream.concat(IntStream.of(1, 1), Arrays.stream(places)).toArray();
        return Value.known(DataType.DT_INT64, ones, index);
    }

    /** The first index of each image and channel where all are flattened to one: [b, c, 1, …]. */
    public static Value bases(NetworkBuilder b, Value x, long elements) {
        Ops g = b.ops();
        Output shape = g.shape(b.output(x));
        Output count = g.emit("Prod", g.slice(shape, 0, 2), g.vector(0));
        Output numbers = g.emit("Range", g.scalar(0), count, g.scalar(1));
        Output bases =
                g.emit(
                        "Mul",
                        g.cast(numbers, DataType.DT_INT64),
                        g.cast(g.scalar(Math.toIntExact(elements)), DataType.DT_INT64));
        int[] ones = new int[x.rank() - 1];
        Arrays.fill(ones, 1);
        ones[0] = x.extent(1);
        int[] all = IntStream.concat(IntStream.of(-1), Arrays.stream(ones)).toArray();
        int[] extents = all.clone();
        extents[0] = x.extent(0);
        return Value.of(g.reshape(bases, g.vector(all)), DataType.DT_INT64, extents);
    }

    /**
     * Elements put where they came from, zero elsewhere.
     *
     * @param places as {@link #places} gives them
     * @param image extents of space of the result
     */
    public static Value back(NetworkBuilder b, Value y, Value places, int... image) {
        long elements =
                LongStream.of(Arrays.stream(image).asLongStream().toArray())
                        .reduce(1, Math::multiplyExact);
        Ops g = b.ops();
        Value all = Elementwise.binary(b, "AddV2", places, bases(b, y, elements));
        Output rows = g.cast(g.reshape(b.output(all), g.vector(-1, 1)), DataType.DT_INT32);
        Output values = g.reshape(b.output(y), g.vector(-1));
        Output shape = g.shape(b.output(y));
        Output count = g.emit("Prod", g.slice(shape, 0, 2), g.vector(0));
        Output size = g.emit("Mul", count, g.scalar(Math.toIntExact(elements)));
        Output flat = g.emit("ScatterNd", rows, values, g.reshape(size, g.vector(1)));
        int[] extents =
                IntStream.concat(IntStream.of(-1, y.extent(1)), Arrays.stream(image)).toArray();
        Output result = g.reshape(flat, g.vector(extents));
        extents[0] = y.extent(0);
        return Value.of(result, y.type(), extents);
    }
}
