/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static sc.fiji.attribution.graph.DenseNetwork.weights;
import static sc.fiji.attribution.graph.ir.Ops.list;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Layers with weights of every kind, with what is folded into them.
 *
 * @param name for the report
 * @param type double precision, where TensorFlow has kernels for it
 * @param part the layer
 * @param shape of its input, without the batch axis
 */
record WeightedLayer(String name, DataType type, DenseNetwork.Part part, long... shape) {

    private static final AttrValue ONE = list(1, 1, 1, 1);
    private static final AttrValue TWO = list(1, 2, 2, 1);
    private static final AttrValue ONE_3D = list(1, 1, 1, 1, 1);
    private static final AttrValue TWO_3D = list(1, 2, 2, 2, 1);

    static Stream<WeightedLayer> all() {
        return Stream.of(dense(), convolutions2D(), convolutions3D(), normalised())
                .flatMap(List::stream);
    }

    private static WeightedLayer of(String name, DenseNetwork.Part part, long... shape) {
        return new WeightedLayer(name, DataType.DT_DOUBLE, part, shape);
    }

    private static WeightedLayer inFloat(String name, DenseNetwork.Part part, long... shape) {
        return new WeightedLayer(name, DataType.DT_FLOAT, part, shape);
    }

    private static List<WeightedLayer> dense() {
        return List.of(
                of("dense", dense(5, 4), 5),
                of("dense, no bias", (g, x) -> g.emit("MatMul", x, weights(g, x, 1, 5, 5)), 5),
                of("dense, weights transposed", WeightedLayer::denseTransposed, 5),
                of("dense at each place", WeightedLayer::denseAtEachPlace, 3, 4),
                of("dense at each place, as Einsum", WeightedLayer::einsum, 3, 4),
                of("dense at each place, reshaped", WeightedLayer::tensordot, 3, 4));
    }

    static DenseNetwork.Part dense(int inputs, int units) {
        return (g, x) -> bias(g, g.emit("MatMul", x, weights(g, x, inputs, inputs, units)), units);
    }

    private static Output denseTransposed(Ops g, Output x) {
        List<Output> both = List.of(x, weights(g, x, 1, 4, 5));
        return bias(g, g.emit("MatMul", both, "transpose_b", true), 4);
    }

    private static Output denseAtEachPlace(Ops g, Output x) {
        return g.add(g.emit("BatchMatMulV2", x, weights(g, x, 1, 4, 2)), weights(g, x, 2, 2));
    }

    private static Output einsum(Ops g, Output x) {
        List<Output> both = List.of(x, weights(g, x, 1, 4, 2));
        return g.add(g.emit("Einsum", both, "equation", "abc,cd->abd"), weights(g, x, 2, 2));
    }

    /** As Keras 2 writes it. */
    private static Output tensordot(Ops g, Output x) {
        Output rows = g.reshape(x, g.vector(-1, 4));
        Output product = g.emit("MatMul", rows, weights(g, x, 1, 4, 2));
        return bias(g, g.reshape(product, g.vector(-1, 3, 2)), 2);
    }

    private static List<WeightedLayer> convolutions2D() {
        DenseNetwork.Part padded =
                conv("Conv2D", ONE, "EXPLICIT", List.of(3L, 3L, 1L, 2L), pads(), 2);
        DenseNetwork.Part dilated =
                conv("Conv2D", ONE, "SAME", List.of(3L, 3L, 1L, 2L), dilations(), 2);
        return List.of(
                of("2-D", conv("Conv2D", ONE, "SAME", 3, 3, 2, 2), 4, 3, 2),
                of("2-D, stride 2", conv("Conv2D", TWO, "SAME", 3, 3, 2, 3), 4, 5, 2),
                of("2-D, VALID", conv("Conv2D", list(1, 2, 1, 1), "VALID", 2, 3, 2, 3), 4, 5, 2),
                of("2-D, 1×1", conv("Conv2D", ONE, "VALID", 1, 1, 2, 3), 2, 3, 2),
                of("2-D, explicit padding", padded, 3, 4, 1),
                of("2-D, dilated", dilated, 5, 4, 1),
                of("depthwise", depthwise(ONE, "SAME", 3, 3, 2, 2), 4, 3, 2),
                of("depthwise, stride 2", depthwise(TWO, "VALID", 3, 3, 3, 1), 5, 5, 3),
                of("transposed", transposed(TWO, List.of(5, 6, 2), 3, 3, 2, 3), 3, 3, 3));
    }

    private static Object[] pads() {
        return new Object[] {"explicit_paddings", list(0, 0, 2, 1, 0, 1, 0, 0)};
    }

    private static Object[] dilations() {
        return new Object[] {"dilations", TWO};
    }

    private static List<WeightedLayer> convolutions3D() {
        return List.of(
                of("3-D", conv("Conv3D", ONE_3D, "SAME", 3, 3, 3, 2, 2), 3, 2, 3, 2),
                of("3-D, stride 2", conv("Conv3D", TWO_3D, "SAME", 3, 3, 3, 1, 2), 3, 4, 3, 1),
                of("3-D, VALID", conv("Conv3D", ONE_3D, "VALID", 2, 2, 2, 1, 3), 3, 3, 4, 1),
                of("3-D, dilated", WeightedLayer::dilated3D, 4, 3, 4, 1),
                of(
                        "3-D, transposed",
                        transposed(TWO_3D, List.of(3, 4, 4, 1), 2, 2, 2, 1, 2),
                        2,
                        2,
                        2,
                        2));
    }

    /** As Keras writes it, by batches of every other voxel. */
    private static Output dilated3D(Ops g, Output x) {
        Output blocks = g.vector(2, 2, 2);
        long[] pairs = {3, 2};
        Output pads = ints(g, new int[] {2, 2, 2, 3, 2, 2}, pairs);
        Output crops = ints(g, new int[] {0, 0, 0, 1, 0, 0}, pairs);
        Output apart = g.emit("SpaceToBatchND", x, blocks, pads);
        Output y =
                g.emit(
                        "Conv3D",
                        List.of(apart, weights(g, x, 1, 3, 3, 3, 1, 2)),
                        "strides",
                        ONE_3D,
                        "padding",
                        "VALID");
        return bias(g, g.emit("BatchToSpaceND", y, blocks, crops), 2);
    }

    private static Output ints(Ops g, int[] values, long... shape) {
        return g.constant(
                DataType.DT_INT32,
                values.length * Integer.BYTES,
                buffer -> buffer.asIntBuffer().put(values),
                shape);
    }

    private static List<WeightedLayer> normalised() {
        DenseNetwork.Part conv = conv("Conv2D", ONE, "SAME", 3, 3, 2, 2);
        DenseNetwork.Part depthwise = depthwise(ONE, "SAME", 3, 3, 2, 1);
        DenseNetwork.Part conv3d = conv("Conv3D", TWO_3D, "SAME", 3, 3, 3, 2, 2);
        DenseNetwork.Part transposed = transposed(TWO, List.of(4, 4, 2), 2, 2, 2, 1);
        return List.of(
                inFloat("2-D, fused norm", (g, x) -> fused(g, conv.apply(g, x)), 4, 3, 2),
                inFloat(
                        "depthwise, fused norm",
                        (g, x) -> fused(g, depthwise.apply(g, x)),
                        4,
                        3,
                        2),
                of("3-D, norm", (g, x) -> scaled(g, conv3d.apply(g, x)), 3, 2, 3, 2),
                of("transposed, norm", (g, x) -> scaled(g, transposed.apply(g, x)), 2, 2, 1),
                of("dense, norm", (g, x) -> scaled(g, dense(5, 2).apply(g, x)), 5));
    }

    /** Batch normalisation of two channels. */
    static Output fused(Ops g, Output x) {
        Output variance = g.emit("Square", weights(g, x, 14, 2));
        List<Output> all =
                List.of(
                        x,
                        weights(g, x, 11, 2),
                        weights(g, x, 12, 2),
                        weights(g, x, 13, 2),
                        variance);
        return g.emit("FusedBatchNormV3", all, "is_training", false, "epsilon", 0.1f);
    }

    /** The same as Keras writes it for 3-D. */
    static Output scaled(Ops g, Output x) {
        Output variance = g.emit("Square", weights(g, x, 14, 2));
        Output spread = g.emit("Rsqrt", g.add(variance, g.scalar(0.1, x)));
        Output scale = g.mul(spread, weights(g, x, 11, 2));
        Output offset = g.sub(weights(g, x, 12, 2), g.mul(weights(g, x, 13, 2), scale));
        return g.add(g.mul(x, scale), offset);
    }

    static DenseNetwork.Part conv(String op, AttrValue strides, String padding, long... filter) {
        List<Long> extents = Arrays.stream(filter).boxed().toList();
        return conv(op, strides, padding, extents, new Object[0], (int) filter[filter.length - 1]);
    }

    static DenseNetwork.Part depthwise(AttrValue strides, String padding, long... filter) {
        List<Long> extents = Arrays.stream(filter).boxed().toList();
        int channels = (int) (filter[2] * filter[3]);
        return conv("DepthwiseConv2dNative", strides, padding, extents, new Object[0], channels);
    }

    private static DenseNetwork.Part conv(
            String op,
            AttrValue strides,
            String padding,
            List<Long> filter,
            Object[] more,
            int channels) {
        long[] shape = filter.stream().mapToLong(Long::longValue).toArray();
        List<Object> attributes = new ArrayList<>(List.of("strides", strides, "padding", padding));
        attributes.addAll(List.of(more));
        return (g, x) ->
                bias(
                        g,
                        g.emit(op, List.of(x, weights(g, x, 1, shape)), attributes.toArray()),
                        channels);
    }

    private static DenseNetwork.Part transposed(
            AttrValue strides, List<Integer> output, long... filter) {
        String op = filter.length == 4 ? "Conv2DBackpropInput" : "Conv3DBackpropInputV2";
        int[] extents = output.stream().mapToInt(Integer::intValue).toArray();
        return (g, x) -> {
            Output sizes = g.concat(g.slice(g.shape(x), 0, 1), g.vector(extents));
            List<Output> all = List.of(sizes, weights(g, x, 1, filter), x);
            Output y = g.emit(op, all, "strides", strides, "padding", "SAME");
            return bias(g, y, extents[extents.length - 1]);
        };
    }

    private static Output bias(Ops g, Output y, int channels) {
        return g.emit("BiasAdd", y, weights(g, y, 2, channels));
    }

    /** Whether its inputs are its outputs' neighbours one by one, as pass wants them. */
    boolean keepsShape(DenseNetwork.Step layer) {
        return Arrays.equals(shape, layer.shape());
    }

    @Override
    public String toString() {
        return name;
    }
}
