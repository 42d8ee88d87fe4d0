/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.rewrite.SoundConvolutions;

/**
 * A convolution with padding SAME in TensorFlow's float32 kernels, and the same as a sum in double:
 * each product of a voxel and a weight once, in plain loops.
 *
 * @param kind Conv2D, Conv3D or DepthwiseConv2dNative
 * @param batch images
 * @param grid extents of the image along [z, y, x]; z is 1 in 2-D
 * @param window extents of the filter, likewise
 * @param in channels of the image
 * @param out channels of the result; for a depthwise one, for each channel of the image
 * @param groups of channels that do not mix
 * @param stride along each axis of space
 * @param dilation along each axis of space
 * @param transposed whether the network has the transposed convolution, from the result to the
 *     image
 */
record Convolved(
        String kind,
        int batch,
        int[] grid,
        int[] window,
        int in,
        int out,
        int groups,
        int stride,
        int dilation,
        boolean transposed) {

    /** Differences relative to the largest value. */
    record Errors(double forward, double gradient) {}

    private boolean depthwise() {
        return kind.startsWith("Depthwise");
    }

    private int outputs() {
        return depthwise() ? in * out : out;
    }

    private int group() {
        return in / groups;
    }

    private boolean volume() {
        return kind.equals("Conv3D");
    }

    private int[] result() {
        return Arrays.stream(grid).map(n -> (n + stride - 1) / stride).toArray();
    }

    /** How many zeros stand before the image along an axis. */
    private int before(int axis) {
        int reach = (window[axis] - 1) * dilation + 1;
        int missing = Math.max(0, (result()[axis] - 1) * stride + reach - grid[axis]);
        return missing / 2;
    }

    /** Visits each product: of an element of the image, of the filter and of the result. */
    private void products(Product product) {
        int[] to = result();
        for (int b = 0; b < batch; b++) {
            for (int z = 0; z < to[0]; z++) {
                for (int y = 0; y < to[1]; y++) {
                    for (int x = 0; x < to[2]; x++) {
                        window(product, b, z, y, x, to);
                    }
                }
            }
        }
    }

    private void window(Product product, int b, int z, int y, int x, int[] to) {
        int place = ((b * to[0] + z) * to[1] + y) * to[2] + x;
        for (int k = 0; k < window[0] * window[1] * window[2]; k++) {
            int fz = z * stride - before(0) + k / (window[1] * window[2]) * dilation;
            int fy = y * stride - before(1) + k / window[2] % window[1] * dilation;
            int fx = x * stride - before(2) + k % window[2] * dilation;
            if (fz < 0 || fz >= grid[0] || fy < 0 || fy >= grid[1] || fx < 0 || fx >= grid[2]) {
                continue;
            }
            int from = ((b * grid[0] + fz) * grid[1] + fy) * grid[2] + fx;
            if (depthwise()) {
                for (int w = 0; w < in * out; w++) {
                    product.visit(from * in + w / out, k * in * out + w, place * in * out + w);
                }
                continue;
            }
            for (int c = 0; c < group(); c++) {
                for (int o = 0; o < out; o++) {
                    int channel = o / (out / groups) * group() + c;
                    product.visit(
                            from * in + channel, (k * group() + c) * out + o, place * out + o);
                }
            }
        }
    }

    private interface Product {
        void visit(int x, int w, int y);
    }

    Errors errors(long seed) {
        Random random = new Random(seed);
        Values x = random(random, shape(grid, in));
        Values dy = random(random, shape(result(), outputs()));
        long[] filterShape =
                volume()
                        ? new long[] {window[0], window[1], window[2], group(), out}
                        : new long[] {window[1], window[2], group(), out};
        Values w = random(random, filterShape);
        double[] y = new double[dy.data().length];
        double[] dx = new double[x.data().length];
        products(
                (i, k, o) -> {
                    y[o] += x.data()[i] * w.data()[k];
                    dx[i] += dy.data()[o] * w.data()[k];
                });
        List<Values> found = transposed ? run(dy, w, x) : run(x, w, dy);
        return new Errors(
                error(found.get(0).data(), transposed ? dx : y),
                error(found.get(1).data(), transposed ? y : dx));
    }

    private long[] shape(int[] space, int channels) {
        return volume()
                ? new long[] {batch, space[0], space[1], space[2], channels}
                : new long[] {batch, space[1], space[2], channels};
    }

    private List<Values> run(Values x, Values w, Values dy) {
        Graph graph = new Graph();
        Ops ops = new Ops(graph, "");
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        Arrays.stream(x.shape()).forEach(extent -> shape.addDimBuilder().setSize(extent));
        Output image =
                ops.emit(
                        "Placeholder",
                        List.of(),
                        "dtype",
                        DataType.DT_FLOAT,
                        "shape",
                        AttrValue.newBuilder().setShape(shape).build());
        Output cotangent = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        Output filter = ops.constant(w.type(), w.byteSize(), w::write, w.shape());
        Object[] attributes = {
            "strides", everywhere(stride), "padding", "SAME", "dilations", everywhere(dilation)
        };
        Output y = ops.emit(op(), inputs(ops, image, filter, dy.shape()), attributes);
        SoundConvolutions.apply(ops, y);
        Output dx = new ReverseMode(ops, RuleTable.GRADIENT).backward(y, cotangent, image);
        try (NativeSession session = NativeSession.of(graph.toProto().build())) {
            return session.run(
                    Map.of(image.toString(), x, cotangent.toString(), dy),
                    List.of(y.toString(), dx.toString()));
        }
    }

    private String op() {
        return transposed ? kind + "BackpropInput" + (volume() ? "V2" : "") : kind;
    }

    private List<Output> inputs(Ops ops, Output image, Output filter, long[] result) {
        int[] sizes = Arrays.stream(result).mapToInt(Math::toIntExact).toArray();
        return transposed ? List.of(ops.vector(sizes), filter, image) : List.of(image, filter);
    }

    private AttrValue everywhere(int step) {
        return volume() ? Ops.list(1, step, step, step, 1) : Ops.list(1, step, step, 1);
    }

    private static Values random(Random random, long[] shape) {
        double[] data = new double[(int) Values.count(shape)];
        Arrays.setAll(data, i -> (float) random.nextGaussian());
        return new Values(DataType.DT_FLOAT, shape, data);
    }

    private static double error(double[] found, double[] expected) {
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            double d = Math.abs(found[i] - expected[i]);
            difference = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(difference, d);
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        return difference / largest;
    }

    @Override
    public String toString() {
        return String.format(
                "%s batch %d grid %s window %s channels %d→%d groups %d stride %d dilation %d",
                op(),
                batch,
                Arrays.toString(grid),
                Arrays.toString(window),
                in,
                out,
                groups,
                stride,
                dilation);
    }
}
