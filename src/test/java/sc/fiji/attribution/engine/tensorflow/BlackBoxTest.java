/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/** A network with a loop runs, and so do the methods that look at its scores only. */
class BlackBoxTest {

    private static Attribution run(String name, Classifier c, Tensor x, Map<String, String> more) {
        AttributionMethod method = AttributionMethods.named(name);
        Settings settings = Settings.of(method.declaration().options(), more);
        return method.attribute(
                new Problem(c, x, "1", new Baseline.Constant(0), settings), Progress.NONE);
    }

    @Test
    void aLoopThatTheImageEndsIsScoredAndOccluded() {
        Path folder = Resources.bundled("saved");
        Map<String, Npy> figures = Npy.readAll(folder.resolve("figures.npz"));
        try (Classifier c = Engines.open(folder.resolve("decided"), ModelOptions.NONE)) {
            Npy image = figures.get("decided_x");
            Tensor x = new Tensor(c.spec().axes(), image.shape(), image.floats());
            float[] found = c.logits(x)[0];
            assertArrayEquals(figures.get("decided_logits").floats(), found, 1e-5f);
            assertTrue(c.gradients().isEmpty());
            String why = c.whyNoGradients().orElseThrow();
            assertTrue(why.contains("While") && why.lines().count() == 1, why);
            // One box over all of the image is the image without anything in it.
            Map<String, String> whole = Map.of("window", "6,8", "stride", "6,8");
            Attribution occluded = run("Occlusion", c, x, whole);
            double empty = c.logits(Tensor.zerosLike(x))[0][1];
            assertEquals(found[1] - empty, occluded.map().data()[0], 1e-3);
            assertTrue(AttributionMethods.names(c).containsAll(List.of("Occlusion", "RISE")));
            assertThrows(ModelException.class, () -> run("Gradient", c, x, Map.of()));
        }
    }

    /** TensorFlow 1 writes loops as frames in the graph itself. */
    @ParameterizedTest
    @ValueSource(strings = {"tf1_counted", "tf1_slices"})
    void aLoopInFrames(String name) {
        Path folder = Resources.bundled("loops");
        Map<String, Npy> figures = Npy.readAll(folder.resolve("figures.npz"));
        try (Classifier c = Engines.open(folder.resolve(name), ModelOptions.NONE)) {
            Npy image = figures.get(name + "_x");
            Tensor x = new Tensor(c.spec().axes(), image.shape(), image.floats());
            float[] expected = figures.get(name + "_logits").floats();
            float[] found = c.logits(x)[0];
            assertArrayEquals(expected, found, 1e-5f);
            assertTrue(c.gradients().isEmpty());
            String why = c.whyNoGradients().orElseThrow();
            assertEquals(1, why.lines().count(), why);
            String window = c.spec().axes().has('z') ? "10,8,6" : "10,8";
            Map<String, String> whole = Map.of("window", window, "stride", window);
            Attribution occluded = run("Occlusion", c, x, whole);
            double empty = c.logits(Tensor.zerosLike(x))[0][1];
            assertEquals(found[1] - empty, occluded.map().data()[0], 1e-4);
            for (String method : List.of("Gradient", "Integrated Gradients", "DeepLIFT")) {
                String message =
                        assertThrows(ModelException.class, () -> run(method, c, x, Map.of()))
                                .getMessage();
                assertEquals(1, message.lines().count(), message);
                assertTrue(message.contains("loop"), message);
            }
        }
    }
}
