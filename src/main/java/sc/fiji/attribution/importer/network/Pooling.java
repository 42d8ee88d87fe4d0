/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Pooling of images with one to three axes of space, the channels second. */
public final class Pooling {

    /** Below every activation, and the same before and after: DeepLIFT takes differences. */
    static final double LOWEST = -1e30;

    private static final Set<String> NEVER_NEGATIVE =
            Set.of("Relu", "Relu6", "Sigmoid", "Softplus");

    private Pooling() {}

    /**
     * The largest element in each window.
     *
     * @param ceil whether a window may reach beyond the padding at the high end
     */
    public static Value max(NetworkBuilder b, Value x, Window window, boolean ceil) {
        if (x.rank() == 3) {
            Value y = max(b, Shaping.unsqueeze(b, x, 2), window.flat(), ceil);
            return Shaping.squeeze(b, y, 2);
        }
        Window whole = reaching(b, x, window, ceil);
        String before = b.graph().node(Shaping.held(b, x)).getOp();
        double lowest = NEVER_NEGATIVE.contains(before) ? 0 : LOWEST;
        if (window.isDilated()) {
            Value padded = Padding.space(b, x, whole.before(), whole.after(), lowest);
            return elements(b, padded, whole, "Maximum", shape(x, whole));
        }
        return emit(b, x, whole, x.rank() == 5 ? "MaxPool3D" : "MaxPool", lowest);
    }

    /**
     * The mean in each window.
     *
     * @param ceil whether a window may reach beyond the padding at the high end
     * @param counting whether the mean is over padding, too, as zeros
     */
    public static Value mean(
            NetworkBuilder b, Value x, Window window, boolean ceil, boolean counting) {
        if (x.rank() == 3) {
            Value y = mean(b, Shaping.unsqueeze(b, x, 2), window.flat(), ceil, counting);
            return Shaping.squeeze(b, y, 2);
        }
        Window whole = reaching(b, x, window, ceil);
        String op = x.rank() == 5 ? "AvgPool3D" : "AvgPool";
        int[] space = Arrays.copyOfRange(x.shape(), 2, x.rank());
        if (!counting && whole.isPadded() && !whole.isDilated() && whole.isSame(space)) {
            return emit(b, x, whole, op, 0);
        }
        int[] shape = shape(x, whole);
        Value padded = Padding.space(b, x, whole.before(), whole.after(), 0);
        Value mean;
        if (whole.isDilated()) {
            Value sum = elements(b, padded, whole, "AddV2", shape);
            double count = Arrays.stream(whole.size()).asDoubleStream().reduce(1, (p, q) -> p * q);
            mean = Elementwise.binary(b, "Mul", sum, Value.scalar(x.type(), 1 / count));
        } else {
            Window inner = whole.withPadding(new int[whole.axes()], new int[whole.axes()]);
            mean = emit(b, padded, inner, op, 0);
        }
        if (!whole.isPadded()) {
            return mean;
        }
        Value y = mean;
        for (int axis = 0; axis < window.axes(); axis++) {
            double[] factors = factors(b, x, window, whole, axis, counting);
            if (Arrays.stream(factors).anyMatch(f -> f != 1)) {
                int[] along = Window.filled(window.axes(), 1);
                along[axis] = factors.length;
                Value times = Value.known(DataType.DT_FLOAT, along, factors);
                y = Elementwise.binary(b, "Mul", y, times);
            }
        }
        return y;
    }

    /** Per place, elements of the window over those that count. */
    private static double[] factors(
            NetworkBuilder b, Value x, Window window, Window whole, int axis, boolean counting) {
        int extent = x.extent(axis + 2);
        if (extent < 0) {
            if (counting) {
                return new double[] {1};
            }
            throw b.refuse(
                    "it takes means at the border of an image of open extents: export it with a"
                            + " fixed size");
        }
        int low = counting ? -window.before()[axis] : 0;
        int high = counting ? extent + window.after()[axis] : extent;
        int size = window.size()[axis];
        double[] factors = new double[whole.places(axis, extent)];
        for (int i = 0; i < factors.length; i++) {
            int start = i * window.strides()[axis] - window.before()[axis];
            int d = window.dilations()[axis];
            long inside =
                    IntStream.range(0, size)
                            .map(k -> start + k * d)
                            .filter(at -> at >= low && at < high)
                            .count();
            factors[i] = (double) size / Math.max(inside, 1);
        }
        return factors;
    }

    /** With as much padding at the high end as its last window asks for. */
    static Window reaching(NetworkBuilder b, Value x, Window window, boolean ceil) {
        if (!ceil) {
            return window;
        }
        int[] after = window.after().clone();
        for (int i = 0; i < window.axes(); i++) {
            int extent = x.extent(i + 2);
            int stride = window.strides()[i];
            if (stride == 1) {
                continue;
            }
            if (extent < 0) {
                throw b.refuse(
                        "it pools an image of open extents by ceil_mode: export it with a fixed"
                                + " size");
            }
            int padded = extent + window.before()[i];
            int rest = padded + after[i] - window.reach(i);
            int places = Math.floorDiv(rest + stride - 1, stride) + 1;
            if ((places - 1) * stride >= padded) {
                places--;
            }
            after[i] = Math.max(after[i], (places - 1) * stride + window.reach(i) - padded);
        }
        return window.withPadding(window.before(), after);
    }

    static int[] shape(Value x, Window window) {
        int[] shape = x.shape().clone();
        for (int i = 0; i < window.axes(); i++) {
            shape[i + 2] = window.places(i, x.extent(i + 2));
            if (x.extent(i + 2) >= 0 && shape[i + 2] <= 0) {
                throw new IllegalArgumentException("its window is larger than the image");
            }
        }
        return shape;
    }

    private static Value emit(NetworkBuilder b, Value x, Window window, String op, double pad) {
        int[] space = Arrays.copyOfRange(x.shape(), 2, x.rank());
        boolean same = window.isPadded() && window.isSame(space);
        Value padded = same ? x : Padding.space(b, x, window.before(), window.after(), pad);
        Output y =
                b.ops()
                        .emit(
                                op,
                                List.of(b.outputLast(padded)),
                                "ksize",
                                Ops.list(Window.held(window.size())),
                                "strides",
                                Ops.list(Window.held(window.strides())),
                                "padding",
                                same ? "SAME" : "VALID");
        return Value.last(y, x.type(), shape(x, window));
    }

    /** A window's elements one by one, for windows that TensorFlow does not have. */
    private static Value elements(
            NetworkBuilder b, Value padded, Window window, String op, int[] shape) {
        int count = Arrays.stream(window.size()).reduce(1, (p, q) -> p * q);
        Value result = null;
        for (int k = 0; k < count; k++) {
            Value element = element(b, padded, window, k, shape);
            result = result == null ? element : Elementwise.binary(b, op, result, element);
        }
        return result;
    }

    /** One element of each window. */
    static Value element(NetworkBuilder b, Value padded, Window window, int k, int... shape) {
        int axes = window.axes();
        long[] from = Arrays.stream(offset(window, k)).asLongStream().toArray();
        long[] to = new long[axes];
        long[] steps = Arrays.stream(window.strides()).asLongStream().toArray();
        for (int i = 0; i < axes; i++) {
            if (shape[i + 2] < 0) {
                throw b.refuse("a window meets an image of open extents");
            }
            to[i] = from[i] + (shape[i + 2] - 1) * steps[i] + 1;
        }
        int[] along = IntStream.range(2, 2 + axes).toArray();
        return Slicing.slice(b, padded, Value.ints(from), Value.ints(to), along, steps);
    }

    /** How far the k-th element of a window is from its first, along each axis. */
    static int[] offset(Window window, int k) {
        int[] offset = new int[window.axes()];
        int rest = k;
        for (int i = offset.length - 1; i >= 0; i--) {
            offset[i] = rest % window.size()[i] * window.dilations()[i];
            rest /= window.size()[i];
        }
        return offset;
    }
}
