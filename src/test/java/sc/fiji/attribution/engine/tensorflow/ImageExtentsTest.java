/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.graph.NetworkWriter.Window;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;

/** An image of which windows leave nothing is refused; a voxel more along each axis is not. */
class ImageExtentsTest {

    @TempDir Path folder;

    /** Windows without padding: the kind, its extent, its step. */
    private static final Map<String, List<Window>> WINDOWS =
            Map.of(
                    "Conv", List.of(window(7, 1)),
                    "ConvStrided", List.of(window(7, 4)),
                    "AvgPool", List.of(window(2, 2), window(2, 2), window(2, 2)),
                    "MaxPool", List.of(window(3, 2), window(2, 2)));

    private static Window window(int extent, int step) {
        return new Window(extent, step, 1, "VALID");
    }

    private Classifier open(String kind, int space) throws IOException {
        int[] shape = new int[space + 2];
        Arrays.fill(shape, -1);
        shape[space + 1] = 1;
        NetworkWriter n = new NetworkWriter(shape);
        n.convolution(new Window(3, 1, 1, "SAME"), 4).bias().op("Relu");
        for (Window each : WINDOWS.getOrDefault(kind, List.of())) {
            n = kind.startsWith("Conv") ? n.convolution(each, 4) : n.pool(kind, each);
        }
        // With zeros around it, nothing would become something again.
        n.pad(1, 1).convolution(new Window(3, 1, 1, "VALID"), 4).op("Relu");
        Path model = n.globalMean().dense(2).write(folder.resolve("model"));
        return Engines.open(model, ModelOptions.NONE);
    }

    private static Tensor image(Classifier classifier, int first, int others) {
        int[] shape = classifier.spec().shape().clone();
        shape[0] = 1;
        Arrays.fill(shape, 1, shape.length - 1, others);
        shape[1] = first;
        Tensor image = Tensor.zeros(classifier.spec().axes(), shape);
        Random random = new Random(1);
        for (int i = 0; i < image.length(); i++) {
            image.data()[i] = (float) random.nextGaussian();
        }
        return image;
    }

    /** The least extent of which one place is left. */
    private static int least(String kind) {
        List<Window> windows = WINDOWS.get(kind);
        int least = 1;
        for (int i = windows.size() - 1; i >= 0; i--) {
            least = (least - 1) * windows.get(i).step() + windows.get(i).extent();
        }
        return least;
    }

    @ParameterizedTest(name = "{0} in {1}-D")
    @CsvSource({
        "Conv, 2",
        "ConvStrided, 2",
        "AvgPool, 2",
        "MaxPool, 2",
        "ConvStrided, 3",
        "AvgPool, 3"
    })
    void oneVoxelTooFew(String kind, int space) throws IOException {
        int least = least(kind);
        float[][] cotangent = {{1, 0}};
        try (Classifier classifier = open(kind, space)) {
            Classifier.Gradients gradients = classifier.gradients().orElseThrow();
            for (int extent : new int[] {1, least - 1}) {
                Tensor small = image(classifier, extent, least);
                ImageException e =
                        assertThrows(ImageException.class, () -> classifier.logits(small));
                char axis = space == 2 ? 'y' : 'z';
                String told = "along " + axis + " it has " + extent + " and needs at least ";
                assertTrue(e.getMessage().contains(told + least), e.getMessage());
                assertFalse(e.getMessage().contains("along x"), e.getMessage());
                assertThrows(ImageException.class, () -> gradients.gradient(small, cotangent));
            }
            Tensor fitting = image(classifier, least, least);
            assertTrue(Float.isFinite(classifier.logits(fitting)[0][0]));
            assertTrue(gradients.gradient(fitting, cotangent).gradient().length() > 0);
        }
    }

    /** What lies before the windows is there to be looked at. */
    @Test
    void layersBeforeThat() throws IOException {
        try (Classifier classifier = open("AvgPool", 2)) {
            Layers layers = classifier.layers().orElseThrow();
            Tensor small = image(classifier, 3, 3);
            Layers.Feed feed = Layers.Feed.image(small);
            Layer first = layers.list().get(0);
            Layers.Trace trace = layers.run(Pass.between(Pass.IMAGE, first.name()), feed);
            assertEquals(3, trace.activations().get(first.name()).size('y'));
            assertThrows(ImageException.class, () -> layers.run(Pass.forward(), feed));
        }
    }

    /** TensorFlow is kept from fusing normalisations, and sees no shape in what it runs of them. */
    @Test
    void layersBehindANormalisation() throws IOException {
        NetworkWriter n = new NetworkWriter(-1, -1, -1, 2);
        n.convolution(new Window(3, 1, 1, "SAME"), 4);
        n.layer(4, ImageExtentsTest::normalised).op("Relu").globalMean().dense(2);
        try (Classifier classifier =
                Engines.open(n.write(folder.resolve("normalised")), ModelOptions.NONE)) {
            Layer layer = classifier.layers().orElseThrow().named("Relu");
            assertArrayEquals(new int[] {-1, -1, -1, 4}, layer.shape());
        }
    }

    private static Output normalised(Ops g, Output x) {
        Output space = g.vector(1, 2);
        Output apart = g.sub(x, g.emit("Mean", List.of(x, space), "keep_dims", true));
        Output square = g.emit("Square", apart);
        Output variance = g.emit("Mean", List.of(square, space), "keep_dims", true);
        return g.mul(apart, g.emit("Rsqrt", g.add(variance, g.scalar(1e-5, x))));
    }

    /**
     * Rows from the third to the third last, and columns but the outermost: each image is asked.
     */
    @ParameterizedTest
    @CsvSource({"4, 9, y, 5", "3, 9, y, 5", "9, 2, x, 3", "9, 1, x, 3"})
    void whatCodeCutsAway(int rows, int columns, String axis, int least) {
        Path model = Resources.bundled("importer/torchscript/cut.pt");
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            // TensorFlow's shape functions have another reason to refuse this one.
            Tensor single = Tensor.zeros(classifier.spec().axes(), 1, 1, 1, 1);
            assertThrows(AttributionException.class, () -> classifier.logits(single));
            Tensor small = Tensor.zeros(classifier.spec().axes(), 1, 1, rows, columns);
            ImageException e = assertThrows(ImageException.class, () -> classifier.logits(small));
            String told = "along " + axis + " it has " + small.size(axis.charAt(0));
            assertTrue(
                    e.getMessage().contains(told + " and needs at least " + least), e.getMessage());
            Tensor fitting = Tensor.zeros(classifier.spec().axes(), 1, 1, 5, 3);
            assertTrue(Float.isFinite(classifier.logits(fitting)[0][0]));
        }
    }

    /** Padding makes something of a single voxel, and a mean takes it. */
    @Test
    void aSingleVoxel() throws IOException {
        try (Classifier classifier = open("none", 3)) {
            assertTrue(Float.isFinite(classifier.logits(image(classifier, 1, 1))[0][0]));
        }
    }
}
