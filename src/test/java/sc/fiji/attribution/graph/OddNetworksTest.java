/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.engine.tensorflow.Directions;
import sc.fiji.attribution.engine.tensorflow.ModelSession;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.savedmodel.Assembly;
import sc.fiji.attribution.model.BackwardPasses;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * Networks built as strangers build theirs, each against finite differences in double precision.
 */
class OddNetworksTest {

    private static final int SIZE = 8;

    @TempDir Path folder;

    private static NetworkWriter flat() {
        return conv(new NetworkWriter(-1, SIZE, SIZE, 3), 3, 4);
    }

    private static NetworkWriter deep() {
        return new NetworkWriter(-1, SIZE, 6, SIZE, 2).conv3d(4).op("Relu");
    }

    private static NetworkWriter conv(NetworkWriter n, int in, int out) {
        return n.layer(
                out,
                (g, x) ->
                        g.emit(
                                "Conv2D",
                                List.of(x, n.weights(3, 3, in, out)),
                                "strides",
                                Ops.list(1, 1, 1, 1),
                                "padding",
                                "SAME"));
    }

    private static Output moments(Ops g, Output x, Output axes) {
        Output mean = g.emit("Mean", List.of(x, axes), "keep_dims", true);
        Output square = g.emit("SquaredDifference", x, mean);
        Output variance = g.emit("Mean", List.of(square, axes), "keep_dims", true);
        Output scale = g.emit("Rsqrt", g.add(variance, g.scalar(1e-3, x)));
        return g.mul(g.sub(x, mean), scale);
    }

    private static Output groupNorm(Ops g, Output x) {
        Output shape = g.shape(x);
        Output groups = g.reshape(x, g.vector(-1, SIZE, SIZE, 2, 2));
        return g.reshape(moments(g, groups, g.vector(1, 2, 4)), shape);
    }

    /** As Keras 2 does it: what is normalised together becomes a channel of a batch of one. */
    private static Output layerNorm(Ops g, Output x) {
        Output shape = g.shape(x);
        Output rows = g.reshape(x, g.vector(1, -1, 4, 1));
        Output count = g.slice(g.shape(rows), 1, 1);
        Output ones = g.emit("Fill", count, g.scalar(1, x));
        Output zeros = g.emit("Fill", count, g.scalar(0.0, x));
        Output none = g.emit("Fill", g.vector(0), g.scalar(0.0, x));
        Output normed =
                g.emit(
                        "FusedBatchNormV3",
                        List.of(rows, ones, zeros, none, none),
                        "is_training",
                        true,
                        "data_format",
                        "NCHW",
                        "epsilon",
                        0.01f);
        return g.reshape(normed, shape);
    }

    private static Output squeezeExcite(Ops g, NetworkWriter n, Output x) {
        Output pooled = g.emit("Mean", List.of(x, g.vector(1, 2)), "keep_dims", true);
        Output gate =
                g.emit(
                        "Conv2D",
                        List.of(pooled, n.weights(1, 1, 4, 4)),
                        "strides",
                        Ops.list(1, 1, 1, 1),
                        "padding",
                        "SAME");
        return g.mul(x, g.emit("Sigmoid", gate));
    }

    private static Output hardSwish(Ops g, Output x) {
        return g.mul(x, g.mul(g.emit("Relu6", g.add(x, g.scalar(3, x))), 1 / 6.0));
    }

    private static Output attention(Ops g, NetworkWriter n, Output x) {
        Output tokens = g.reshape(x, g.vector(-1, SIZE * SIZE, 4));
        Output[] qkv = new Output[3];
        for (int i = 0; i < 3; i++) {
            qkv[i] =
                    g.emit(
                            "Einsum",
                            List.of(tokens, n.weights(4, 2, 2)),
                            "equation",
                            "...tc,chd->...thd");
        }
        Output scores = g.emit("Einsum", List.of(qkv[0], qkv[1]), "equation", "aecd,abcd->acbe");
        Output weights = g.emit("Softmax", scores);
        Output mixed = g.emit("Einsum", List.of(weights, qkv[2]), "equation", "acbe,aecd->abcd");
        return g.reshape(mixed, g.vector(-1, SIZE, SIZE, 4));
    }

    /** Attention over places: a softmax over the axes of space. */
    private static Output spatialSoftmax(Ops g, Output x) {
        Output places = g.reshape(x, g.vector(-1, SIZE * SIZE, 4));
        Output last = g.emit("Softmax", g.emit("Transpose", places, g.vector(0, 2, 1)));
        Output weights = g.emit("Transpose", last, g.vector(0, 2, 1));
        return g.reshape(g.mul(places, weights), g.vector(-1, SIZE, SIZE, 4));
    }

    private static Output patches(Ops g, NetworkWriter n, Output x) {
        Output rolled = g.emit("Roll", x, g.vector(-1, 2), g.vector(1, 2));
        return g.emit(
                "ExtractImagePatches",
                List.of(rolled),
                "ksizes",
                Ops.list(1, 2, 2, 1),
                "strides",
                Ops.list(1, 2, 2, 1),
                "rates",
                Ops.list(1, 1, 1, 1),
                "padding",
                "VALID");
    }

    private static Output up(Ops g, NetworkWriter n, Output x) {
        Output twice = g.emit("ResizeNearestNeighbor", x, g.vector(2 * SIZE, 2 * SIZE));
        Output batch = g.slice(g.shape(twice), 0, 1);
        return g.emit(
                "Conv2DBackpropInput",
                List.of(g.concat(batch, g.vector(32, 32, 2)), n.weights(3, 3, 2, 4), twice),
                "strides",
                Ops.list(1, 2, 2, 1),
                "padding",
                "SAME");
    }

    private static Output resized(Ops g, Output x) {
        Output small = g.emit("ResizeArea", x, g.vector(5, 6));
        Output scale =
                g.constant(
                        DataType.DT_FLOAT,
                        2 * Float.BYTES,
                        b -> b.asFloatBuffer().put(new float[] {0.8f, 1.5f}),
                        2);
        Output origin = g.zerosLike(scale);
        return g.emit("ScaleAndTranslate", small, g.vector(4, 9), scale, origin);
    }

    /** A dense block, and the strange corners of reductions. */
    private static Output dense(Ops g, Output x) {
        Output peaks = g.emit("Max", List.of(x, g.vector(-1)), "keep_dims", true);
        Output norm = g.emit("EuclideanNorm", List.of(x, g.vector(-1)), "keep_dims", true);
        return g.emit("ConcatV2", List.of(x, peaks, norm, g.scalar(-1)), "N", 3);
    }

    private static Output activations(Ops g, Output x) {
        Output mish = g.mul(x, g.emit("Tanh", g.emit("Softplus", x)));
        Output parametric = g.sub(g.emit("Relu", mish), g.mul(g.emit("Relu", g.neg(mish)), 0.25));
        Output above = g.cast(g.emit("Greater", parametric, g.scalar(0.1, x)), DataType.DT_FLOAT);
        return g.add(g.mul(parametric, above), g.mul(g.emit("LeakyRelu", x), 0.5));
    }

    private static Output up3d(Ops g, NetworkWriter n, Output x) {
        Output cropped =
                g.emit(
                        "StridedSlice",
                        List.of(
                                x,
                                g.vector(0, 1, 0, 2, 0),
                                g.vector(0, -1, 0, -2, 0),
                                g.vector(1, 1, 1, 1, 1)),
                        "begin_mask",
                        21,
                        "end_mask",
                        21);
        Output padded =
                g.emit(
                        "Pad",
                        cropped,
                        g.reshape(g.vector(0, 0, 1, 0, 0, 0, 0, 1, 0, 0), g.vector(5, 2)));
        Output twice = g.emit("Tile", padded, g.vector(1, 1, 2, 1, 1));
        Output shape = g.shape(twice);
        Output size =
                g.concat(g.slice(shape, 0, 1), g.mul(g.slice(shape, 1, 3), g.vector(2, 2, 2)));
        return g.emit(
                "Conv3DBackpropInputV2",
                List.of(g.concat(size, g.vector(2)), n.weights(2, 2, 2, 2, 4), twice),
                "strides",
                Ops.list(1, 2, 2, 2, 1),
                "padding",
                "VALID");
    }

    static Stream<Arguments> networks() {
        NetworkWriter excite = flat();
        NetworkWriter attentive = flat();
        NetworkWriter patched = flat();
        NetworkWriter upwards = flat();
        NetworkWriter volume = deep();
        return Stream.of(
                arguments("group norm", flat().layer(4, OddNetworksTest::groupNorm)),
                arguments("layer norm of Keras 2", flat().layer(4, OddNetworksTest::layerNorm)),
                arguments("squeeze-excite", excite.layer(4, (g, x) -> squeezeExcite(g, excite, x))),
                arguments("hard swish", flat().layer(4, OddNetworksTest::hardSwish)),
                arguments("attention", attentive.layer(4, (g, x) -> attention(g, attentive, x))),
                arguments("softmax over space", flat().layer(4, OddNetworksTest::spatialSoftmax)),
                arguments("patches", patched.layer(16, (g, x) -> patches(g, patched, x))),
                arguments("upwards", upwards.layer(2, (g, x) -> up(g, upwards, x))),
                arguments("dense block", flat().layer(6, OddNetworksTest::dense)),
                arguments("activations", flat().layer(4, OddNetworksTest::activations)),
                arguments("upwards in 3-D", volume.layer(2, (g, x) -> up3d(g, volume, x))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void gradientsAreThoseOfFiniteDifferences(String name, NetworkWriter network)
            throws IOException {
        network.globalMean().dense(3).op("Softmax").write(folder);
        try (Classifier c = Engines.open(folder, ModelOptions.NONE)) {
            Tensor x = noise(c, 1);
            float[] gradient = gradient(c, x);
            AugmentedModel augmented = AugmentedModel.read(folder, Request.USUAL);
            try (ModelSession twin =
                    ModelSession.open(folder, augmented.savedModel(), DataType.DT_DOUBLE)) {
                Directions found = Directions.compare(twin, x.shape(), x.data(), 1, gradient);
                System.out.println(name + ": " + found);
                assertTrue(found.smooth() >= 15 && found.worst() < 1e-4, found.toString());
            }
        }
    }

    /** DeepLIFT's multipliers times the differences are the difference of the scores. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void multipliersAreComplete(String name, NetworkWriter network) throws IOException {
        network.globalMean().dense(3).op("Softmax").write(folder);
        try (Classifier c = Engines.open(folder, ModelOptions.NONE)) {
            Tensor x = noise(c, 1);
            Tensor baseline = Tensor.zeros(x.axes(), x.shape());
            BackwardPasses passes = c.backward().orElseThrow();
            Tensor cotangent = Tensor.rows(Axes.ROWS, new float[][] {{0, 1, 0}});
            for (Propagation.Multipliers rules : Propagation.Multipliers.values()) {
                Pass pass = Pass.gradient(Pass.IMAGE).by(rules);
                assertEquals(Optional.empty(), passes.whyNot(pass));
                Layers.Trace trace =
                        passes.run(
                                pass,
                                Layers.Feed.image(x)
                                        .withBaseline(baseline)
                                        .withCotangent(cotangent));
                double sum = 0;
                float[] m = trace.gradients().get(Pass.IMAGE).data();
                for (int i = 0; i < m.length; i++) {
                    sum += (double) m[i] * x.data()[i];
                }
                double change = trace.logits()[0][1] - trace.ofBaseline().orElseThrow().data()[1];
                assertEquals(change, sum, 1e-4 * Math.abs(change) + 1e-5, rules.toString());
            }
        }
    }

    /** Its kernels take float32 only: against a float32 difference of a smooth function. */
    @Test
    void resizingWithoutKernelsInDouble() throws IOException {
        flat().layer(4, OddNetworksTest::resized).op("Tanh").globalMean().dense(2).write(folder);
        try (Classifier c = Engines.open(folder, ModelOptions.NONE)) {
            Tensor x = noise(c, 1);
            float[] gradient = gradient(c, x);
            Random random = new Random(3);
            for (int d = 0; d < 10; d++) {
                Tensor up = noise(c, 1);
                Tensor down = noise(c, 1);
                double slope = 0;
                for (int i = 0; i < x.length(); i++) {
                    float step = 0.01f * (float) random.nextGaussian();
                    up.data()[i] += step;
                    down.data()[i] -= step;
                    slope += gradient[i] * ((double) up.data()[i] - down.data()[i]);
                }
                double difference = c.logits(up)[0][1] - c.logits(down)[0][1];
                assertEquals(difference, slope, 1e-4);
            }
        }
    }

    private static Tensor noise(Classifier c, int batch) {
        int[] shape = c.spec().shape().clone();
        shape[0] = batch;
        Tensor x = Tensor.zeros(c.spec().axes(), shape);
        Random random = new Random(5);
        for (int i = 0; i < x.length(); i++) {
            x.data()[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static float[] gradient(Classifier c, Tensor x) {
        float[][] cotangent = new float[x.shape()[0]][c.logits(x)[0].length];
        for (float[] row : cotangent) {
            row[1] = 1;
        }
        return c.gradients().orElseThrow().gradient(x, cotangent).gradient().data();
    }

    /** A batch of any size through a network that was exported for a certain one. */
    @Test
    void fixedBatch() throws IOException {
        for (int fixed : new int[] {1, 2}) {
            Path one = folder.resolve("fixed" + fixed);
            Path any = folder.resolve("any" + fixed);
            for (Path path : List.of(one, any)) {
                int batch = path == one ? fixed : -1;
                NetworkWriter n = new NetworkWriter(batch, SIZE, SIZE, 3);
                conv(n, 3, 4)
                        .op("Relu")
                        .layer(4, (g, x) -> g.reshape(x, g.vector(batch, SIZE, SIZE, 4)))
                        .globalMean()
                        .dense(3)
                        .write(path);
            }
            try (Classifier a = Engines.open(one, ModelOptions.NONE);
                    Classifier b = Engines.open(any, ModelOptions.NONE)) {
                Tensor x = noise(b, 5);
                float[][] z = b.logits(x);
                float[][] split = a.logits(x);
                assertEquals(z.length, split.length);
                for (int i = 0; i < z.length; i++) {
                    assertArrayEquals(z[i], split[i], 1e-5f);
                }
                assertArrayEquals(gradient(b, x), gradient(a, x), 1e-6f);
            }
        }
    }

    /** A signature that says nothing of its image's shape. */
    @Test
    void unknownRank() throws IOException {
        flat().op("Relu").globalMean().dense(3).op("Softmax").write(folder);
        change(
                meta -> {
                    var signature = meta.getSignatureDefOrThrow("serving_default").toBuilder();
                    var image = signature.getInputsOrThrow("image").toBuilder();
                    image.setTensorShape(TensorShapeProto.newBuilder().setUnknownRank(true));
                    meta.putSignatureDef(
                            "serving_default", signature.putInputs("image", image.build()).build());
                });
        try (Classifier c = Engines.open(folder, ModelOptions.NONE)) {
            assertEquals("byxc", c.spec().axes().toString());
        }
    }

    /** Beside the scores a number of the best class, under another signature's name. */
    @Test
    void otherOutputsAndNames() throws IOException {
        flat().op("Relu").globalMean().dense(3).op("Softmax").write(folder);
        change(
                meta -> {
                    var signature = meta.getSignatureDefOrThrow("serving_default").toBuilder();
                    Graph graph = new Graph(meta.getGraphDef().getNodeList());
                    Ops ops = new Ops(graph, "best/");
                    Output scores = Output.parse(signature.getOutputsOrThrow("scores").getName());
                    Output best = ops.emit("ArgMax", scores, ops.scalar(1));
                    Output text = ops.emit("AsString", best);
                    meta.setGraphDef(graph.toProto());
                    signature.putOutputs("a_best", Assembly.info(graph, best));
                    signature.putOutputs("a_text", Assembly.info(graph, text));
                    meta.removeSignatureDef("serving_default");
                    meta.putSignatureDef("predict_images", signature.build());
                });
        try (Classifier c = Engines.open(folder, ModelOptions.NONE)) {
            assertEquals(3, c.spec().classes());
        }
    }

    /** An op without a rule is named when a method wants a gradient, and scores still work. */
    @Test
    void anOpWithoutARule() throws IOException {
        flat().op("Dawsn").globalMean().dense(3).op("Softmax").write(folder);
        try (Classifier c = Engines.open(folder, ModelOptions.NONE)) {
            assertEquals(3, c.logits(noise(c, 2))[1].length);
            assertTrue(c.whyNoGradients().orElseThrow().contains("Dawsn"));
        }
    }

    /** Which branch is taken depends on the image. */
    @Test
    void branchesOfTheImageAreRefused() throws IOException {
        flat().layer(
                        4,
                        (g, x) -> {
                            Output bright =
                                    g.emit(
                                            "Greater",
                                            g.emit("Mean", x, g.vector(0, 1, 2, 3)),
                                            g.scalar(0.0, x));
                            Output sides = g.emit("Switch", x, bright);
                            Output negative = g.neg(new Output(sides.node(), 0));
                            Output positive = g.mul(new Output(sides.node(), 1), 2);
                            return g.emit("Merge", List.of(negative, positive), "N", 2);
                        })
                .globalMean()
                .dense(3)
                .write(folder);
        ModelException e =
                assertThrows(
                        ModelException.class,
                        () -> Engines.open(folder, ModelOptions.NONE).close());
        assertTrue(e.getMessage().contains("chooses a branch"), e.getMessage());
    }

    private void change(java.util.function.Consumer<MetaGraphDef.Builder> edit) throws IOException {
        Path file = folder.resolve("saved_model.pb");
        SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
        edit.accept(model.getMetaGraphsBuilder(0));
        Files.write(file, model.build().toByteArray());
    }
}
