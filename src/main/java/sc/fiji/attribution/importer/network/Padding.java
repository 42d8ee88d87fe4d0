/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Values around a value; what is padded by less than nothing is cut off. */
public final class Padding {

    /** What stands in the padding. */
    public enum Mode {
        CONSTANT,
        REFLECT,
        EDGE,
        WRAP
    }

    private Padding() {}

    /**
     * Pads along all axes.
     *
     * @param before one for each axis, as the author has them
     * @param value in the padding, for {@link Mode#CONSTANT}
     */
    public static Value pad(
            NetworkBuilder b, Value given, int[] before, int[] after, Mode mode, double value) {
        Value x = cut(b, given, before, after);
        int[] low = Arrays.stream(before).map(p -> Math.max(p, 0)).toArray();
        int[] high = Arrays.stream(after).map(p -> Math.max(p, 0)).toArray();
        if (Arrays.stream(low).sum() + Arrays.stream(high).sum() == 0) {
            return x;
        }
        if (mode == Mode.CONSTANT) {
            return emit(b, x, low, high, value == 0 ? "Pad" : "PadV2", value);
        }
        boolean mirrors =
                mode == Mode.REFLECT
                        && IntStream.range(0, x.rank())
                                .allMatch(
                                        i ->
                                                x.extent(i) < 0
                                                        || Math.max(low[i], high[i]) < x.extent(i));
        if (mirrors) {
            return emit(b, x, low, high, "MirrorPad", 0);
        }
        Value padded = x;
        for (int axis = 0; axis < x.rank(); axis++) {
            if (low[axis] + high[axis] > 0) {
                padded = picked(b, padded, axis, low[axis], high[axis], mode);
            }
        }
        return padded;
    }

    /** Space alone, by a constant; the axes of batch and channels stay. */
    static Value space(NetworkBuilder b, Value x, int[] before, int[] after, double value) {
        int[] low = new int[x.rank()];
        int[] high = new int[x.rank()];
        System.arraycopy(before, 0, low, 2, before.length);
        System.arraycopy(after, 0, high, 2, after.length);
        return pad(b, x, low, high, Mode.CONSTANT, value);
    }

    private static Value cut(NetworkBuilder b, Value given, int[] before, int[] after) {
        Value x = given;
        for (int axis = 0; axis < x.rank(); axis++) {
            if (before[axis] < 0 || after[axis] < 0) {
                long end = after[axis] < 0 ? after[axis] : Integer.MAX_VALUE;
                x =
                        Slicing.slice(
                                b,
                                x,
                                Value.ints(Math.max(0, -before[axis])),
                                Value.ints(end),
                                new int[] {axis},
                                new long[] {1});
            }
        }
        return x;
    }

    private static Value emit(
            NetworkBuilder b, Value x, int[] low, int[] high, String op, double value) {
        int rank = x.rank();
        int[] pairs = new int[2 * rank];
        int[] shape = x.shape().clone();
        for (int i = 0; i < rank; i++) {
            pairs[2 * Shaping.held(x, i)] = low[i];
            pairs[2 * Shaping.held(x, i) + 1] = high[i];
            shape[i] = shape[i] < 0 ? -1 : shape[i] + low[i] + high[i];
        }
        Ops g = b.ops();
        Output in = Shaping.held(b, x);
        Output paddings =
                g.constant(
                        org.tensorflow.proto.DataType.DT_INT32,
                        pairs.length * Integer.BYTES,
                        bytes -> bytes.asIntBuffer().put(pairs),
                        rank,
                        2);
        Output out =
                switch (op) {
                    case "Pad" -> g.emit(op, in, paddings);
                    case "PadV2" -> g.emit(op, in, paddings, g.scalar(value, in));
                    default -> g.emit(op, List.of(in, paddings), "mode", "REFLECT");
                };
        return new Value(out, x.type(), shape, x.last(), null, null);
    }

    private static Value picked(NetworkBuilder b, Value x, int axis, int low, int high, Mode mode) {
        int n = x.extent(axis);
        if (n <= 0) {
            throw b.refuse("it pads by mode " + mode + " along an axis whose extent is left open");
        }
        long[] indices =
                IntStream.range(-low, n + high)
                        .mapToLong(
                                i ->
                                        switch (mode) {
                                            case EDGE -> Math.max(0, Math.min(n - 1, i));
                                            case WRAP -> Math.floorMod(i, n);
                                            default -> reflected(i, n);
                                        })
                        .toArray();
        return Slicing.gather(b, x, Value.ints(indices), axis);
    }

    private static int reflected(int i, int n) {
        if (n == 1) {
            return 0;
        }
        int at = Math.floorMod(i, 2 * (n - 1));
        return Math.min(at, 2 * (n - 1) - at);
    }
}
