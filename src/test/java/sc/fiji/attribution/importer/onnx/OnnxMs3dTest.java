/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.GoldenMs3d;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * One network as ONNX, from PyTorch, and as SavedModel, whose maps are held against other tools'
 * figures elsewhere: they make the same maps.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnnxMs3dTest {

    private Classifier onnx;
    private Classifier savedModel;
    private Map<String, Npy> golden;

    @BeforeAll
    void open() {
        Path folder = Resources.bundled("golden/ms3d");
        onnx = Engines.open(folder.resolve("ms3d.onnx"), ModelOptions.NONE);
        savedModel = Engines.open(folder.resolve("saved_model"), ModelOptions.NONE);
        golden = Npy.readAll(folder.resolve("tiefree.npz"));
    }

    @AfterAll
    void close() {
        onnx.close();
        savedModel.close();
    }

    @Test
    void saysWhatItIs() {
        assertEquals("ONNX, opset 13", onnx.facts().get("format"));
        assertEquals("pytorch 1.13.0", onnx.facts().get("written by"));
        assertEquals("bczyx", onnx.spec().axes().toString());
        assertEquals(64, onnx.spec().sha256().length());
    }

    @Test
    void logits() {
        Npy input = golden.get("input");
        Tensor x = new Tensor(onnx.spec().axes(), input.shape(), input.floats());
        double difference = Maps.maxDifference(onnx.logits(x)[0], golden.get("logits").values());
        assertTrue(difference <= 1e-4, "difference " + difference);
    }

    private static Tensor map(Classifier c, String method, Map<String, String> options, Tensor x) {
        AttributionMethod found = AttributionMethods.named(method);
        Settings settings = Settings.of(found.declaration().options(), options);
        Problem problem = new Problem(c, x, "1", new Baseline.Constant(0), settings);
        return found.attribute(problem, Progress.NONE).map();
    }

    @ParameterizedTest
    @CsvSource({
        "Gradient,,",
        "Guided Backprop,,",
        "LRP, composite, epsilonplus",
        "LRP, composite, epsilonplusflat",
        "LRP, composite, epsilonalpha2beta1",
        "LRP, composite, epsilon",
        "DeepLIFT,,",
        "DeepLIFT, multipliers, revealcancel",
        "Occlusion,,"
    })
    void sameMap(String method, String key, String value) {
        Npy input = golden.get("input");
        Tensor first = new Tensor(onnx.spec().axes(), input.shape(), input.floats());
        Map<String, String> options = key == null ? Map.of() : Map.of(key, value);
        Tensor ours = map(onnx, method, options, first);
        Tensor theirs = map(savedModel, method, options, GoldenMs3d.channelsLast(input));
        float[] expected = Maps.permute(theirs, ours.axes().toString()).data();
        float scale = 0;
        for (float each : expected) {
            scale = Math.max(scale, Math.abs(each));
        }
        assertArrayEquals(expected, ours.data(), 1e-5f * scale, method);
    }
}
