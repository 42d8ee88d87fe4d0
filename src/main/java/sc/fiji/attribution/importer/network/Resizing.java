/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.WeightView;

/**
 * Images in other sizes, axis by axis. Each place of the result names a coordinate in the image;
 * what stands there is the nearest element, or a mean of those around it, which is a product with a
 * matrix.
 */
public final class Resizing {

    private Resizing() {}

    /**
     * The nearest element.
     *
     * @param nearest for each place of the result, which element
     */
    public static Value nearest(NetworkBuilder b, Value x, int axis, int... nearest) {
        int n = x.extent(axis);
        if (n == nearest.length && IntStream.range(0, n).allMatch(i -> nearest[i] == i)) {
            return x;
        }
        int times = nearest.length / Math.max(n, 1);
        if (n > 0
                && nearest.length == n * times
                && IntStream.range(0, nearest.length).allMatch(i -> nearest[i] == i / times)) {
            return repeated(b, x, axis, times);
        }
        return Slicing.gather(
                b, x, Value.ints(Arrays.stream(nearest).asLongStream().toArray()), axis);
    }

    /** Each element so many times, for any extent. */
    public static Value repeated(NetworkBuilder b, Value x, int axis, int times) {
        if (times == 1) {
            return x;
        }
        int[] shape = x.shape().clone();
        shape[axis] = shape[axis] < 0 ? -1 : shape[axis] * times;
        int[] held = x.last() ? NetworkBuilder.shapeLast(x.shape()) : x.shape();
        int at = Shaping.held(x, axis);
        Ops g = b.ops();
        Output in = Shaping.held(b, x);
        Output each = g.emit("ExpandDims", in, g.scalar(at + 1));
        int[] multiples = Window.filled(held.length + 1, 1);
        multiples[at + 1] = times;
        Output tiled = g.emit("Tile", each, g.vector(multiples));
        int[] factors = Window.filled(held.length, 1);
        factors[at] = times;
        boolean open = Arrays.stream(held).filter(e -> e < 0).count() > 1;
        held[at] = held[at] < 0 ? -1 : held[at] * times;
        Output target = open ? g.mul(g.shape(in), g.vector(factors)) : g.vector(held);
        return new Value(g.reshape(tiled, target), x.type(), shape, x.last(), null, null);
    }

    /** Images of two axes of space, each element so many times, by TensorFlow's own op. */
    public static Value enlarged(NetworkBuilder b, Value x, int... times) {
        if (x.rank() != 4) {
            Value y = x;
            for (int i = 0; i < times.length; i++) {
                y = repeated(b, y, i + 2, times[i]);
            }
            return y;
        }
        int[] shape = x.shape().clone();
        for (int i = 0; i < 2; i++) {
            shape[i + 2] = shape[i + 2] < 0 ? -1 : shape[i + 2] * times[i];
        }
        Ops g = b.ops();
        Output in = b.outputLast(x);
        boolean open = shape[2] < 0 || shape[3] < 0;
        Output size =
                open
                        ? g.mul(g.slice(g.shape(in), 1, 2), g.vector(times))
                        : g.vector(shape[2], shape[3]);
        return Value.last(g.emit("ResizeNearestNeighbor", in, size), x.type(), shape);
    }

    /** Both axes of space linearly, as TensorFlow's own op does. */
    public static Value bilinear(
            NetworkBuilder b, Value x, int rows, int columns, boolean corners) {
        Ops g = b.ops();
        Output y =
                g.emit(
                        "ResizeBilinear",
                        List.of(b.outputLast(x), g.vector(rows, columns)),
                        "align_corners",
                        corners,
                        "half_pixel_centers",
                        !corners);
        return Value.last(y, x.type(), x.extent(0), x.extent(1), rows, columns);
    }

    /**
     * A mean of elements for each place.
     *
     * @param weights [places of the result][elements]
     */
    public static Value weighted(NetworkBuilder b, Value x, int axis, double[][] weights) {
        int[] shape = x.shape().clone();
        int n = shape[axis];
        int size = weights.length;
        shape[axis] = size;
        int[] held = x.last() ? NetworkBuilder.shapeLast(x.shape()) : x.shape().clone();
        int at = Shaping.held(x, axis);
        int inner = 1;
        for (int i = at + 1; i < held.length; i++) {
            if (held[i] < 0) {
                throw b.refuse("it resizes an image of open extents: export it with a fixed size");
            }
            inner *= held[i];
        }
        double[] flat = Arrays.stream(weights).flatMapToDouble(Arrays::stream).toArray();
        Output matrix =
                b.weight(
                        new Numbers(
                                DataType.DT_FLOAT,
                                new WeightView.Extents(size, n),
                                Numbers.floats(flat)));
        Ops g = b.ops();
        Output rows = g.reshape(Shaping.held(b, x), g.vector(-1, n, inner));
        Output product = g.emit("BatchMatMulV2", matrix, rows);
        held[at] = size;
        boolean open = Arrays.stream(held).filter(e -> e < 0).count() > 1;
        if (open) {
            throw b.refuse("it resizes an image of open extents: export it with a fixed size");
        }
        return new Value(g.reshape(product, g.vector(held)), x.type(), shape, x.last(), null, null);
    }

    /**
     * Linear weights.
     *
     * @param coordinate of each place of the result among n elements
     */
    public static double[][] linear(int n, int size, IntToDoubleFunction coordinate) {
        double[][] weights = new double[size][n];
        for (int i = 0; i < size; i++) {
            double at = Math.max(0, Math.min(n - 1, coordinate.applyAsDouble(i)));
            int low = Math.min((int) Math.floor(at), n - 1);
            int high = Math.min(low + 1, n - 1);
            weights[i][low] += 1 - (at - low);
            weights[i][high] += at - low;
        }
        return weights;
    }

    /**
     * Cubic weights (Keys 1981).
     *
     * @param a the cubic's coefficient
     * @param exclude whether elements outside have no weight, rather than the border's value
     */
    public static double[][] cubic(
            int n, int size, IntToDoubleFunction coordinate, double a, boolean exclude) {
        double[][] weights = new double[size][n];
        for (int i = 0; i < size; i++) {
            double at = coordinate.applyAsDouble(i);
            int low = (int) Math.floor(at);
            double sum = 0;
            for (int k = -1; k <= 2; k++) {
                double weight = keys(Math.abs(at - (low + k)), a);
                boolean outside = low + k < 0 || low + k >= n;
                if (!exclude || !outside) {
                    weights[i][Math.max(0, Math.min(n - 1, low + k))] += weight;
                    sum += weight;
                }
            }
            for (int j = 0; j < n; j++) {
                weights[i][j] /= sum;
            }
        }
        return weights;
    }

    /**
     * Weights of a filter that is as wide as a place of the smaller result.
     *
     * @param scale of the result to the image, below 1
     * @param linear a triangle, otherwise Keys' cubic
     */
    public static double[][] smoothed(
            int n,
            int size,
            IntToDoubleFunction coordinate,
            double scale,
            boolean linear,
            double a,
            boolean exclude) {
        double[][] weights = new double[size][n];
        double reach = (linear ? 1 : 2) / scale;
        for (int i = 0; i < size; i++) {
            double at = coordinate.applyAsDouble(i);
            double sum = 0;
            for (int k = (int) Math.floor(at - reach); k <= Math.ceil(at + reach); k++) {
                double d = Math.abs(at - k) * scale;
                double weight = linear ? Math.max(0, 1 - d) : keys(d, a);
                boolean outside = k < 0 || k >= n;
                if (weight != 0 && !(exclude && outside)) {
                    weights[i][Math.max(0, Math.min(n - 1, k))] += weight;
                    sum += weight;
                }
            }
            for (int j = 0; j < n; j++) {
                weights[i][j] /= sum;
            }
        }
        return weights;
    }

    private static double keys(double d, double a) {
        if (d <= 1) {
            return ((a + 2) * d - (a + 3)) * d * d + 1;
        }
        return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
    }
}
