/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static sc.fiji.attribution.graph.DenseNetwork.weights;
import static sc.fiji.attribution.graph.ir.Ops.list;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Networks of a few layers, one for each thing that layers are joined by.
 *
 * @param name for the report
 * @param type double precision, where TensorFlow has kernels for it
 * @param shape of the image, without the batch axis
 * @param build adds the steps behind the image
 */
public record SmallNetwork(
        String name, DataType type, List<Integer> shape, Consumer<DenseNetwork> build) {

    private static final AttrValue ONE = list(1, 1, 1, 1);
    private static final AttrValue TWO = list(1, 2, 2, 1);
    private static final AttrValue THREE = list(1, 3, 3, 1);
    private static final DenseNetwork.Part FIRST = conv(2, 2);
    private static final DenseNetwork.Part SECOND =
            WeightedLayer.conv("Conv2D", ONE, "SAME", 3, 2, 2, 2);

    static Stream<SmallNetwork> all() {
        return Stream.concat(joined().stream(), ActivationForm.all().map(SmallNetwork::activation));
    }

    private static List<SmallNetwork> joined() {
        return List.of(
                of("residual", SmallNetwork::residual),
                of("concatenation", SmallNetwork::concatenation),
                of("one ReLU read twice", SmallNetwork::readTwice),
                of("one layer and its ReLU used twice", SmallNetwork::usedTwice),
                of("max pooling", SmallNetwork::maxPooling),
                of("max pooling of ReLU", SmallNetwork::pooledRelu),
                of("max pooling of ReLU by single elements", SmallNetwork::pooledByOne),
                of("overlapping max pooling of ReLU", SmallNetwork::overlapping),
                of("ReLU read by max pooling and by a layer", SmallNetwork::pooledAndRead),
                of("max pooling of a sum's ReLU", SmallNetwork::pooledSum),
                of("average pooling", SmallNetwork::averagePooling),
                of("depthwise separable", SmallNetwork::separable),
                of("normalised before the activation", SmallNetwork::preactivation),
                of("squeeze and excite", ChannelScaling::squeezeAndExcite),
                of("layer normalisation", n -> ChannelScaling.layerNorm(n, false)),
                of(
                        "layer normalisation as Keras writes it",
                        n -> ChannelScaling.layerNorm(n, true)),
                new SmallNetwork(
                        "3-D", DataType.DT_FLOAT, List.of(4, 4, 4, 1), SmallNetwork::volumes));
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

    public static DenseNetwork.Part conv(int in, int out) {
        return WeightedLayer.conv("Conv2D", ONE, "SAME", 3, 3, in, out);
    }

    /** Global mean and a dense layer. */
    public static void head(DenseNetwork n, DenseNetwork.Step last, int channels) {
        n.layer(mean(n, last), WeightedLayer.dense(channels, 3));
    }

    static DenseNetwork.Step mean(DenseNetwork n, DenseNetwork.Step from) {
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

    /** The graph has a node for each use of the layer, and two ReLUs that read the second. */
    private static void usedTwice(DenseNetwork n) {
        Output shared = weights(n.g, n.image.tensor(), 1, 3, 3, 2, 2);
        DenseNetwork.Part layer =
                (g, x) -> {
                    Output w = g == n.g ? shared : weights(g, x, 1, 3, 3, 2, 2);
                    return g.emit("Conv2D", List.of(x, w), "strides", ONE, "padding", "SAME");
                };
        DenseNetwork.Step z = n.layer(n.relu(n.layer(n.image, layer)), layer);
        DenseNetwork.Step a = n.relu(z);
        DenseNetwork.Part again = (g, x) -> new Ops(g.graph(), "again/").emit("Relu", x);
        DenseNetwork.Step c = n.pointwise(z, again, v -> Math.max(v, 0));
        head(n, n.join(a, n.relu(n.layer(c, SECOND)), z), 6);
    }

    private static void maxPooling(DenseNetwork n) {
        DenseNetwork.Step a = n.layer(n.image, FIRST);
        DenseNetwork.Step b = n.relu(n.maxPool(a, 2, pool("VALID", TWO)));
        DenseNetwork.Step c = n.maxPool(n.layer(b, SECOND), 2, pool("SAME", ONE));
        head(n, n.relu(c), 2);
    }

    private static void pooledRelu(DenseNetwork n) {
        DenseNetwork.Step a = n.relu(n.layer(n.image, conv(2, 4)));
        // Windows that reach beyond the border.
        DenseNetwork.Step b = n.maxPool(a, 2, pool(THREE, "SAME", THREE));
        DenseNetwork.Step c = n.relu(n.layer(b, conv(4, 3)));
        head(n, n.maxPool(c, 2, pool("VALID", TWO)), 3);
    }

    private static void pooledByOne(DenseNetwork n) {
        DenseNetwork.Step a = n.relu(n.layer(n.image, conv(2, 3)));
        head(n, n.maxPool(a, 2, pool(ONE, "VALID", ONE)), 3);
    }

    private static void overlapping(DenseNetwork n) {
        DenseNetwork.Step a = n.relu(n.layer(n.image, conv(2, 3)));
        head(n, n.maxPool(a, 2, pool(TWO, "SAME", ONE)), 3);
    }

    private static void pooledAndRead(DenseNetwork n) {
        DenseNetwork.Step a = n.relu(n.layer(n.image, conv(2, 3)));
        DenseNetwork.Step b = n.maxPool(a, 2, pool("VALID", TWO));
        DenseNetwork.Step c = n.relu(n.layer(a, conv(3, 2)));
        DenseNetwork.Step d = n.maxPool(c, 2, pool("VALID", TWO));
        head(n, n.join(b, d), 5);
    }

    private static void pooledSum(DenseNetwork n) {
        DenseNetwork.Step a = n.layer(n.image, FIRST);
        DenseNetwork.Step b = n.layer(n.image, SECOND);
        head(n, n.maxPool(n.relu(n.sum(a, b)), 2, pool("VALID", TWO)), 2);
    }

    private static Object[] pool(String padding, AttrValue strides) {
        return pool(TWO, padding, strides);
    }

    private static Object[] pool(AttrValue extents, String padding, AttrValue strides) {
        return new Object[] {"ksize", extents, "strides", strides, "padding", padding};
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

    /** One between two convolutions, and behind the second. */
    private static SmallNetwork activation(ActivationForm form) {
        return of(
                form.name(),
                n -> {
                    DenseNetwork.Step a = form.behind(n, n.layer(n.image, FIRST));
                    head(n, form.behind(n, n.layer(a, SECOND)), 2);
                });
    }

    @Override
    public String toString() {
        return name;
    }
}
