/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static sc.fiji.attribution.graph.DenseNetwork.constant;
import static sc.fiji.attribution.graph.DenseNetwork.weights;
import static sc.fiji.attribution.graph.Ops.list;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;

/**
 * Networks of a few layers, one for each thing that layers are joined by.
 *
 * @param name for the report
 * @param type double precision, where TensorFlow has kernels for it
 * @param shape of the image, without the batch axis
 * @param build adds the steps behind the image
 */
record SmallNetwork(String name, DataType type, List<Integer> shape, Consumer<DenseNetwork> build) {

    private static final AttrValue ONE = list(1, 1, 1, 1);
    private static final AttrValue TWO = list(1, 2, 2, 1);
    private static final DenseNetwork.Part FIRST = conv(2, 2);
    private static final DenseNetwork.Part SECOND =
            WeightedLayer.conv("Conv2D", ONE, "SAME", 3, 2, 2, 2);

    static Stream<SmallNetwork> all() {
        return Stream.concat(joined().stream(), activations());
    }

    private static List<SmallNetwork> joined() {
        return List.of(
                of("residual", SmallNetwork::residual),
                of("concatenation", SmallNetwork::concatenation),
                of("one ReLU read twice", SmallNetwork::readTwice),
                of("max pooling", SmallNetwork::maxPooling),
                of("average pooling", SmallNetwork::averagePooling),
                of("depthwise separable", SmallNetwork::separable),
                of("normalised before the activation", SmallNetwork::preactivation),
                of("squeeze and excite", SmallNetwork::gated),
                of("layer normalisation", n -> layerNorm(n, false)),
                of("layer normalisation as Keras writes it", n -> layerNorm(n, true)),
                new SmallNetwork("3-D", DataType.DT_FLOAT, List.of(4, 4, 4, 1), SmallNetwork::volumes));
    }

    private static SmallNetwork of(String name, Consumer<DenseNetwork> build) {
        return new SmallNetwork(name, DataType.DT_DOUBLE, List.of(4, 4, 2), build);
    }

    DenseNetwork build(boolean signed) {
        long[] extents = shape.stream().mapToLong(Integer::longValue).toArray();
        DenseNetwork network = DenseNetwork.of(type, signed, extents);
        build.accept(network);
        return network;
    }

    private static DenseNetwork.Part conv(int in, int out) {
        return WeightedLayer.conv("Conv2D", ONE, "SAME", 3, 3, in, out);
    }

    /** Global mean and a dense layer. */
    private static void head(DenseNetwork n, DenseNetwork.Step last, int channels) {
        n.layer(mean(n, last), WeightedLayer.dense(channels, 3));
    }

    private static DenseNetwork.Step mean(DenseNetwork n, DenseNetwork.Step from) {
        int[] axes = from.shape().length == 3 ? new int[] {1, 2} : new int[] {1, 2, 3};
        return n.fixed(from, (g, x) -> g.emit("Mean", x, g.vector(axes)));
    }

    private static void residual(DenseNetwork n) {
        DenseNetwork.Step a = n.relu(n.layer(n.image, FIRST));
        DenseNetwork.Step b = n.layer(n.relu(n.layer(a, SECOND)), FIRST);
        head(n, n.relu(n.sum(a, b)), 2);
    }

    private static void concatenation(DenseNetwork n) {
        DenseNetwork.Step a = n.relu(n.layer(n.image, FIRST));
        DenseNetwork.Step b = n.layer(n.image, conv(2, 3));
        head(n, n.relu(n.layer(n.join(a, b, a), conv(7, 2))), 2);
    }

    private static void readTwice(DenseNetwork n) {
        DenseNetwork.Step a = n.relu(n.layer(n.image, FIRST));
        DenseNetwork.Step b = n.relu(n.layer(a, SECOND));
        DenseNetwork.Step c = n.layer(a, conv(2, 3));
        head(n, n.join(b, n.relu(c), a), 7);
    }

    private static void maxPooling(DenseNetwork n) {
        DenseNetwork.Step a = n.layer(n.image, FIRST);
        DenseNetwork.Step b = n.relu(n.maxPool(a, 2, pool("VALID", TWO)));
        DenseNetwork.Step c = n.maxPool(n.layer(b, SECOND), 2, pool("SAME", ONE));
        head(n, n.relu(c), 2);
    }

    private static Object[] pool(String padding, AttrValue strides) {
        return new Object[] {"ksize", TWO, "strides", strides, "padding", padding};
    }

    private static void averagePooling(DenseNetwork n) {
        DenseNetwork.Step a = n.relu(n.layer(n.image, FIRST));
        DenseNetwork.Step b =
                n.fixed(a, (g, x) -> g.emit("AvgPool", List.of(x), pool("SAME", TWO)));
        head(n, n.relu(n.layer(b, SECOND)), 2);
    }

    private static void separable(DenseNetwork n) {
        DenseNetwork.Step a = n.layer(n.image, WeightedLayer.depthwise(ONE, "SAME", 3, 3, 2, 2));
        DenseNetwork.Step b = n.layer(a, WeightedLayer.conv("Conv2D", ONE, "VALID", 1, 1, 4, 2));
        head(n, n.relu(b), 2);
    }

    private static void preactivation(DenseNetwork n) {
        DenseNetwork.Step a = n.layer(n.image, FIRST);
        DenseNetwork.Step b = n.relu(n.fixed(n.relu(a), WeightedLayer::scaled));
        DenseNetwork.Step c = n.sum(a, n.layer(b, SECOND));
        head(n, n.relu(n.fixed(c, WeightedLayer::scaled)), 2);
    }

    private static void volumes(DenseNetwork n) {
        AttrValue one = list(1, 1, 1, 1, 1);
        AttrValue two = list(1, 2, 2, 2, 1);
        DenseNetwork.Part conv = WeightedLayer.conv("Conv3D", one, "SAME", 3, 3, 3, 1, 2);
        DenseNetwork.Part next = WeightedLayer.conv("Conv3D", one, "SAME", 3, 3, 3, 2, 2);
        Object[] pool = {"ksize", two, "strides", two, "padding", "VALID"};
        DenseNetwork.Step a =
                n.relu(n.layer(n.image, (g, x) -> WeightedLayer.scaled(g, conv.apply(g, x))));
        DenseNetwork.Step b = n.maxPool(a, 3, pool);
        DenseNetwork.Step c =
                n.relu(n.layer(b, (g, x) -> WeightedLayer.scaled(g, next.apply(g, x))));
        DenseNetwork.Step d = n.fixed(c, (g, x) -> g.reshape(x, g.vector(-1, 16)));
        n.layer(n.relu(n.layer(d, WeightedLayer.dense(16, 4))), WeightedLayer.dense(4, 3));
    }

    /** Each channel weighted by what a small network makes of the means of all. */
    private static void gated(DenseNetwork n) {
        DenseNetwork.Step a = n.relu(n.layer(n.image, FIRST));
        DenseNetwork.Step b = n.relu(n.layer(mean(n, a), WeightedLayer.dense(2, 3)));
        DenseNetwork.Step gate =
                n.pointwise(
                        n.layer(b, WeightedLayer.dense(3, 2)),
                        (g, x) -> g.emit("Sigmoid", x),
                        SmallNetwork::sigmoid);
        Output inPlace = n.g.reshape(gate.tensor(), n.g.vector(-1, 1, 1, 2));
        DenseNetwork.Step everywhere =
                n.broadcast(
                        gate,
                        (g, x) ->
                                g.emit(
                                        "Tile",
                                        g.reshape(x, g.vector(-1, 1, 1, 2)),
                                        g.vector(1, 4, 4, 1)),
                        inPlace);
        DenseNetwork.Step b2 = n.product(n.g.mul(a.tensor(), inPlace), a, everywhere);
        head(n, n.relu(n.layer(b2, SECOND)), 2);
    }

    /** Of each voxel's channels: (x − μ)/√(σ² + 0.1), times a weight, plus an offset. */
    private static void layerNorm(DenseNetwork n, boolean keras) {
        DenseNetwork.Step x = n.layer(n.image, conv(2, 3));
        Ops g = n.g;
        Output mean = mean(g, x.tensor());
        Output difference = g.sub(x.tensor(), mean);
        Output square =
                keras
                        ? g.emit("SquaredDifference", x.tensor(), g.emit("StopGradient", mean))
                        : g.emit("Square", difference);
        Output variance = mean(g, square);
        Output spread = g.emit("Rsqrt", g.add(variance, g.scalar(0.1, variance)));
        Output weight = weights(g, spread, 21, 3);
        Output offset = weights(g, spread, 22, 3);
        Output scale = g.mul(spread, weight);
        DenseNetwork.Step minusMean =
                n.broadcast(x, (ops, v) -> ops.neg(spreadOut(ops, mean(ops, v))), g.neg(mean));
        DenseNetwork.Step centred = n.sum(difference, x, minusMean);
        DenseNetwork.Step squared = n.pointwise(centred, (ops, v) -> square, v -> v * v);
        DenseNetwork.Step both =
                n.broadcast(squared, (ops, v) -> spreadOut(ops, mean(ops, v)), variance);
        DenseNetwork.Step gate = n.pointwise(both, (ops, v) -> spread, v -> 1 / Math.sqrt(v + 0.1));
        Output product = g.mul(difference, spread);
        DenseNetwork.Step normal = n.product(product, centred, gate);
        Output y =
                keras
                        ? g.add(g.mul(x.tensor(), scale), g.sub(offset, g.mul(mean, scale)))
                        : g.add(g.mul(product, weight), offset);
        DenseNetwork.Step out =
                n.broadcast(
                        normal,
                        (ops, v) ->
                                ops.add(ops.mul(v, weights(ops, v, 21, 3)), weights(ops, v, 22, 3)),
                        y);
        head(n, n.relu(n.layer(out, conv(3, 2))), 2);
    }

    private static Output mean(Ops g, Output x) {
        return g.emit("Mean", List.of(x, g.vector(-1)), "keep_dims", true);
    }

    private static Output spreadOut(Ops g, Output oneChannel) {
        return g.emit("Tile", oneChannel, g.vector(1, 1, 1, 3));
    }

    private static double sigmoid(double v) {
        return 1 / (1 + Math.exp(-v));
    }

    /** Each between two convolutions, in as many ops as exporters spend on it. */
    private static Stream<SmallNetwork> activations() {
        return Stream.of(
                activation(
                        "LeakyReLU",
                        (g, x) -> g.emit("LeakyRelu", List.of(x), "alpha", 0.25f),
                        v -> v < 0 ? 0.25 * v : v),
                activation("ReLU6", (g, x) -> g.emit("Relu6", x), v -> Math.min(Math.max(v, 0), 6)),
                activation("ELU", (g, x) -> g.emit("Elu", x), v -> v < 0 ? Math.expm1(v) : v),
                activation("tanh", (g, x) -> g.emit("Tanh", x), Math::tanh),
                activation("SiLU", (g, x) -> g.mul(x, g.emit("Sigmoid", x)), v -> v * sigmoid(v)),
                activation(
                        "hard swish",
                        (g, x) ->
                                g.mul(x, g.mul(g.emit("Relu6", g.add(x, g.scalar(3.0, x))), 0.125)),
                        v -> v * Math.min(Math.max(v + 3, 0), 6) * 0.125),
                activation(
                        "GELU by tanh",
                        SmallNetwork::gelu,
                        v -> 0.5 * v * (1 + Math.tanh(0.75 * (v + 0.0625 * v * v * v)))),
                activation(
                        "PReLU",
                        (g, x) -> {
                            Output alpha = constant(g, x, new double[] {-0.25, -0.25}, 2);
                            return g.add(g.emit("Relu", x), g.mul(alpha, g.emit("Relu", g.neg(x))));
                        },
                        v -> v < 0 ? 0.25 * v : v),
                activation(
                        "PReLU of each voxel",
                        (g, x) -> {
                            double[] all = new double[32];
                            Arrays.fill(all, -0.25);
                            Output alpha = constant(g, x, all, 4, 4, 2);
                            return g.add(g.emit("Relu", x), g.mul(alpha, g.emit("Relu", g.neg(x))));
                        },
                        v -> v < 0 ? 0.25 * v : v));
    }

    private static Output gelu(Ops g, Output x) {
        Output cubed = g.mul(g.mul(x, g.mul(x, x)), 0.0625);
        Output tanh = g.emit("Tanh", g.mul(g.add(x, cubed), 0.75));
        return g.mul(g.mul(x, 0.5), g.add(tanh, g.scalar(1.0, x)));
    }

    private static SmallNetwork activation(
            String name, DenseNetwork.Part part, DoubleUnaryOperator f) {
        return of(
                name,
                n -> {
                    DenseNetwork.Step a = n.pointwise(n.layer(n.image, FIRST), part, f);
                    head(n, n.pointwise(n.layer(a, SECOND), part, f), 2);
                });
    }

    @Override
    public String toString() {
        return name;
    }
}
