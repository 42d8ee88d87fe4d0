/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;

/** Layers are what the graph computes, whatever numbers and scopes their names have. */
class LayersFromDataflowTest {

    private static Classifier open(String name) {
        return Engines.open(Resources.shared("cases").resolve(name), ModelOptions.NONE);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "r_dil_convolution, convolution, 5",
        "r_dil_conv2, conv2, 5",
        "m_dense1, conv2d_1, -1",
        "r_numbered, conv2d_42, -1",
        "r_nested, vgg16/block5_conv3, -1"
    })
    void theLastConvolution(String name, String layer, int channels) {
        try (Classifier classifier = open(name)) {
            Layer last = classifier.layers().orElseThrow().lastConvolution().orElseThrow();
            assertEquals(layer, last.name());
            assertTrue(channels < 0 || last.shape()[last.axes().indexOf('c')] == channels);
        }
    }

    /** Dilation computes on parts of the image; the layer shows it whole. */
    @Test
    void aSplitBatchIsPutTogether() {
        try (Classifier classifier = open("r_dil_convolution")) {
            Layer last = classifier.layers().orElseThrow().lastConvolution().orElseThrow();
            assertArrayEquals(new int[] {-1, 32, 40, 5}, last.shape());
        }
    }

    @Test
    void theAuthorsNamesAreFound() {
        try (Classifier classifier = open("r_numbered")) {
            Layers layers = classifier.layers().orElseThrow();
            for (String name : List.of("conv2d_40", "conv2d_41", "sequential_14/conv2d_42")) {
                assertTrue(layers.named(name).convolution(), name);
            }
        }
        try (Classifier classifier = open("r_nested")) {
            Layers layers = classifier.layers().orElseThrow();
            assertEquals("vgg16/block5_conv3", layers.named("block5_conv3").name());
            assertEquals("vgg16/block1_pool", layers.named("model/vgg16/block1_pool").name());
        }
    }

    /** These two commands one after the other ended the process. */
    @Test
    void severalMethodsOnOneLoadedGraph() {
        ImagePlus image =
                ImageFile.open(Resources.shared("cases").resolve("g32x40.tif").toString());
        try (Classifier classifier = open("r_dil_convolution")) {
            for (String method :
                    List.of(
                            "Grad-CAM",
                            "DeepLIFT",
                            "Layer Integrated Gradients",
                            "Ablation-CAM",
                            "LRP")) {
                new AttributionTool(classifier).method(method).run(image, Progress.NONE);
            }
            assertEquals(6, classifier.layers().orElseThrow().list().size());
        }
    }
}
