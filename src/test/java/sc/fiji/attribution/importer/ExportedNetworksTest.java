/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * Small networks around operators that are easily read wrongly, exported by PyTorch in several ways
 * by {@code make_networks.py}, against its figures in float64. Files whose code counts by the
 * extents of the image are asked for images of two sizes, one after the other.
 */
class ExportedNetworksTest {

    static Stream<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(Resources.bundled("importer/networks"))) {
            return all
                    .filter(file -> file.toString().matches(".*\\.(pt|onnx)"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static double off(Npy expected, float[] found) {
        double[] values = expected.values();
        assertEquals(values.length, found.length);
        double largest = 1e-30;
        double worst = 0;
        for (int i = 0; i < found.length; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
            worst = Math.max(worst, Math.abs(values[i] - found[i]));
        }
        return worst / largest;
    }

    @ParameterizedTest
    @MethodSource("files")
    void agrees(Path file) {
        String name = file.getFileName().toString();
        String network = name.substring(0, name.lastIndexOf('_'));
        Map<String, Npy> figures = Npy.readAll(file.resolveSibling(network + ".npz"));
        boolean anySize = name.matches(".*(scripted|frozen)[.]pt");
        int rank = figures.get("x0").shape().length;
        ModelOptions options = rank == 5 ? ModelOptions.NONE.withAxes("bczyx") : ModelOptions.NONE;
        try (Classifier classifier = Engines.open(file, options)) {
            for (int i = 0; figures.containsKey("x" + i) && (i == 0 || anySize); i++) {
                Npy input = figures.get("x" + i);
                Tensor x = new Tensor(classifier.spec().axes(), input.shape(), input.floats());
                double logits = off(figures.get("logits" + i), classifier.logits(x)[0]);
                assertTrue(logits <= 1e-5, "logits of x" + i + ": " + logits);
                for (int k = 0; k < 2; k++) {
                    float[] cotangent = new float[3];
                    cotangent[k] = 1;
                    Classifier.Gradients gradients =
                            classifier
                                    .gradients()
                                    .orElseThrow(
                                            () ->
                                                    new AssertionError(
                                                            classifier.whyNoGradients().get()));
                    Npy expected = figures.get("grad" + List.of("A", "B").get(k) + i);
                    double gradient =
                            off(
                                    expected,
                                    gradients
                                            .gradient(x, new float[][] {cotangent})
                                            .gradient()
                                            .data());
                    assertTrue(gradient <= 1e-4, "gradient of x" + i + ": " + gradient);
                }
            }
        }
    }

    /** Where a ReLU stands twice in a block, the second one too is known by its channels. */
    @Test
    void blocksKnowTheirAxes() {
        try (Classifier classifier = generated("traced")) {
            for (String name : List.of("block", "block/a", "block/relu")) {
                assertEquals(6, channels(classifier, name), name);
            }
        }
    }

    /** Nothing but its ops tells the layers of a frozen network from each other. */
    @Test
    void frozenNetworksHaveTheirOpsAsLayers() {
        try (Classifier classifier = generated("frozen")) {
            Layers layers = classifier.layers().orElseThrow();
            long convolutions = layers.list().stream().filter(Layer::convolution).count();
            assertEquals(6, convolutions, "three, two of groups and one by a filter of the image");
            String last = layers.lastConvolution().orElseThrow().name();
            assertEquals(6, channels(classifier, last), last);
        }
    }

    private static Classifier generated(String kind) {
        Path file = Resources.bundled("importer/networks").resolve("generated_" + kind + ".pt");
        return Engines.open(file, ModelOptions.NONE);
    }

    /** Of a layer's activations. */
    private static int channels(Classifier generated, String layer) {
        Path inputs = Resources.bundled("importer/networks").resolve("generated.npz");
        Npy input = Npy.readAll(inputs).get("x0");
        Tensor x = new Tensor(generated.spec().axes(), input.shape(), input.floats());
        Layers layers = generated.layers().orElseThrow();
        return layers.run(Pass.forward(layer), Layers.Feed.image(x))
                .activations()
                .get(layer)
                .size('c');
    }
}
