/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * Networks as TensorFlow for Python saves them: loops that the graph counts, branches and sizes
 * that hang on the image's extents alone, layers that bear one name. They have gradients, and these
 * are TensorFlow's own, as {@code make_saved.py} noted them.
 */
class SavedByTensorFlowTest {

    @ParameterizedTest
    @ValueSource(strings = {"gru", "steps", "extents", "own", "defaults"})
    void gradientsAreThoseOfTensorFlow(String name) {
        Path folder = Resources.bundled("saved");
        Map<String, Npy> figures = Npy.readAll(folder.resolve("figures.npz"));
        try (Classifier c = Engines.open(folder.resolve(name), ModelOptions.NONE)) {
            Npy image = figures.get(name + "_x");
            Tensor x = new Tensor(c.spec().axes(), image.shape(), image.floats());
            float[] expected = figures.get(name + "_logits").floats();
            assertArrayEquals(expected, c.logits(x)[0], 1e-5f);
            assertEquals("", c.whyNoGradients().orElse(""));
            for (int k = 0; k < 2; k++) {
                float[][] cotangents = new float[1][2];
                cotangents[0][k] = 1;
                double[] gradient = figures.get(name + "_grad" + k).values();
                float[] found = c.gradients().get().gradient(x, cotangents).gradient().data();
                double off = Maps.maxDifference(found, gradient) / Maps.maxAbs(gradient);
                assertEquals(0, off, 1e-5, "gradient of " + k);
            }
        }
    }
}
