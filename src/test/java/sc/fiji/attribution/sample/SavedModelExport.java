/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/**
 * Writes the classifier as a TensorFlow SavedModel, channels last, {@code bzyxc}: the input {@code
 * volume} holds the 8-bit values of the samples, 0 to 255, and the output {@code probabilities} one
 * value per class. Weights are variables; {@code labels.txt} names the classes.
 */
final class SavedModelExport {

    private final LesionClassifier classifier;
    private final GraphBuilder graph = new GraphBuilder();
    private final Variables variables = new Variables();
    private final List<float[]> parameters;
    private int next;

    SavedModelExport(LesionClassifier classifier) {
        this.classifier = classifier;
        parameters =
                StreamSupport.stream(
                                classifier.model().getBlock().getParameters().spliterator(), false)
                        .map(Pair<String, Parameter>::getValue)
                        .map(parameter -> parameter.getArray().toFloatArray())
                        .toList();
    }

    /**
     * @param folder the model's, replaced
     * @param scratch an empty folder
     */
    void write(Path folder, Path scratch) throws Exception {
        long[] input = {-1, SampleVolume.Z, SampleVolume.Y, SampleVolume.X, 3};
        graph.input("volume", graph.placeholder("volume", input), input);
        String scale = graph.constant("rescale/scale", GraphBuilder.floats(new float[] {1 / 255f}));
        String tensor = graph.add("rescale/mul", "Mul", "volume", scale);
        int channels = 3;
        for (int n = 0; n < LesionClassifier.FILTERS.length; n++) {
            tensor = block(n, tensor, channels);
            channels = LesionClassifier.FILTERS[n];
        }
        tensor = convolution("evidence", tensor, 1, channels, 1);
        tensor = bias("evidence", tensor, -classifier.cut());
        tensor = graph.add("evidence/Relu", "Relu", tensor);
        tensor = pool(tensor);
        float half = classifier.gain() / 2;
        String kernel = variable("dense/kernel", new float[] {-half, half}, 1, 2);
        tensor =
                graph.add(
                        "dense/MatMul",
                        "MatMul",
                        List.of(tensor, kernel),
                        node ->
                                typed(node)
                                        .putAttr("transpose_a", GraphBuilder.flag(false))
                                        .putAttr("transpose_b", GraphBuilder.flag(false)));
        float shift = half * classifier.threshold();
        tensor = bias("dense", tensor, shift, -shift);
        graph.output("probabilities", graph.add("probabilities", "Softmax", tensor), -1, 2);

        graph.save(folder, variables.restore(graph));
        variables.write(folder.resolve("variables"), scratch);
        labels(folder);
    }

    private static void labels(Path folder) throws IOException {
        Files.writeString(
                folder.resolve("labels.txt"), String.join("\n", LesionClassifier.LABELS) + "\n");
    }

    private String block(int n, String input, int channels) {
        String name = "block" + (n + 1);
        int filters = LesionClassifier.FILTERS[n];
        String tensor =
                convolution(name + "/conv", input, LesionClassifier.KERNELS[n], channels, filters);
        tensor = bias(name + "/conv", tensor, parameters.get(next++));
        tensor = normalisation(name + "/norm", tensor, filters);
        tensor = graph.add(name + "/Relu", "Relu", tensor);
        if (!LesionClassifier.POOLED[n]) {
            return tensor;
        }
        return graph.add(
                name + "/MaxPool3D",
                "MaxPool3D",
                List.of(tensor),
                node ->
                        typed(node)
                                .putAttr("ksize", GraphBuilder.integers(1, 2, 2, 2, 1))
                                .putAttr("strides", GraphBuilder.integers(1, 2, 2, 2, 1))
                                .putAttr("padding", GraphBuilder.text("VALID"))
                                .putAttr("data_format", GraphBuilder.text("NDHWC")));
    }

    private String convolution(String name, String input, int edge, int from, int to) {
        float[] source = parameters.get(next++);
        // PyTorch has (out, in, d, h, w), TensorFlow (d, h, w, in, out).
        int cube = edge * edge * edge;
        float[] kernel = new float[source.length];
        for (int out = 0; out < to; out++) {
            for (int in = 0; in < from; in++) {
                for (int at = 0; at < cube; at++) {
                    kernel[out + to * (in + from * at)] = source[at + cube * (in + from * out)];
                }
            }
        }
        String weights = variable(name + "/kernel", kernel, edge, edge, edge, from, to);
        return graph.add(
                name + "/Conv3D",
                "Conv3D",
                List.of(input, weights),
                node ->
                        typed(node)
                                .putAttr("strides", GraphBuilder.integers(1, 1, 1, 1, 1))
                                .putAttr("dilations", GraphBuilder.integers(1, 1, 1, 1, 1))
                                .putAttr("padding", GraphBuilder.text("SAME"))
                                .putAttr("data_format", GraphBuilder.text("NDHWC")));
    }

    private String bias(String name, String input, float... values) {
        String bias = variable(name + "/bias", values, values.length);
        return graph.add(
                name + "/BiasAdd",
                "BiasAdd",
                List.of(input, bias),
                node -> typed(node).putAttr("data_format", GraphBuilder.text("NHWC")));
    }

    /** As Keras writes it for volumes, for which TensorFlow has no fused op. */
    private String normalisation(String name, String input, int channels) {
        String gamma = variable(name + "/gamma", parameters.get(next++), channels);
        String beta = variable(name + "/beta", parameters.get(next++), channels);
        String mean = variable(name + "/moving_mean", parameters.get(next++), channels);
        String variance = variable(name + "/moving_variance", parameters.get(next++), channels);
        String epsilon =
                graph.constant(
                        name + "/batchnorm/add/y",
                        GraphBuilder.floats(new float[] {LesionClassifier.EPSILON}));
        String sum = graph.add(name + "/batchnorm/add", "AddV2", variance, epsilon);
        String root = graph.add(name + "/batchnorm/Rsqrt", "Rsqrt", sum);
        String factor = graph.add(name + "/batchnorm/mul", "Mul", root, gamma);
        String scaled = graph.add(name + "/batchnorm/mul_1", "Mul", input, factor);
        String centre = graph.add(name + "/batchnorm/mul_2", "Mul", mean, factor);
        String shift = graph.add(name + "/batchnorm/sub", "Sub", beta, centre);
        return graph.add(name + "/batchnorm/add_1", "AddV2", scaled, shift);
    }

    private String pool(String input) {
        String axes = graph.constant("mean/axes", GraphBuilder.vector(1, 2, 3));
        return graph.add(
                "mean",
                "Mean",
                List.of(input, axes),
                node ->
                        typed(node)
                                .putAttr("Tidx", GraphBuilder.type(DataType.DT_INT32))
                                .putAttr("keep_dims", GraphBuilder.flag(false)));
    }

    private String variable(String name, float[] values, long... shape) {
        TensorProto value = GraphBuilder.floats(values, shape);
        return variables.variable(graph, name, value);
    }

    private static NodeDef.Builder typed(NodeDef.Builder node) {
        return node.putAttr("T", GraphBuilder.type(DataType.DT_FLOAT));
    }
}
