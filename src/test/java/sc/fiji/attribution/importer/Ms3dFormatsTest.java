/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
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
 * One network as ONNX and as TorchScript, from PyTorch, and as SavedModel, whose maps are held
 * against other tools' figures elsewhere: they make the same maps. The ONNX file has each batch
 * normalisation folded into the convolution before it, so its layer {@code conv3} is the
 * SavedModel's {@code net_bn3}: methods of a layer are compared there.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Ms3dFormatsTest {

    private Classifier onnx;
    private Classifier torchScript;
    private Classifier savedModel;
    private Map<String, Npy> golden;

    @BeforeAll
    void open() {
        Path folder = Resources.bundled("golden/ms3d");
        onnx = Engines.open(folder.resolve("ms3d.onnx"), ModelOptions.NONE);
        torchScript = Engines.open(folder.resolve("ms3d.pt"), ModelOptions.NONE);
        savedModel = Engines.open(folder.resolve("saved_model"), ModelOptions.NONE);
        golden = Npy.readAll(folder.resolve("tiefree.npz"));
    }

    @AfterAll
    void close() {
        onnx.close();
        torchScript.close();
        savedModel.close();
    }

    @Test
    void saysWhatItIs() {
        assertEquals("ONNX, opset 13", onnx.facts().get("format"));
        assertEquals("pytorch 1.13.0", onnx.facts().get("written by"));
        assertEquals("TorchScript", torchScript.facts().get("format"));
        for (Classifier each : List.of(onnx, torchScript)) {
            assertEquals("bczyx", each.spec().axes().toString());
            assertEquals(64, each.spec().sha256().length());
        }
    }

    private Tensor first() {
        Npy input = golden.get("input");
        return new Tensor(onnx.spec().axes(), input.shape(), input.floats());
    }

    @Test
    void logits() {
        for (Classifier each : List.of(onnx, torchScript)) {
            double[] expected = golden.get("logits").values();
            double difference = Maps.maxDifference(each.logits(first())[0], expected);
            assertTrue(difference <= 1e-4, "difference " + difference);
        }
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
        Map<String, String> options = key == null ? Map.of() : Map.of(key, value);
        Tensor expected = map(savedModel, method, options, last());
        same(expected, map(onnx, method, options, first()), 1e-5, method);
        same(expected, map(torchScript, method, options, first()), 1e-5, method);
    }

    private Tensor last() {
        return GoldenMs3d.channelsLast(golden.get("input"));
    }

    private static void same(Tensor theirs, Tensor ours, double tolerance, String what) {
        float[] expected = Maps.permute(theirs, ours.axes().toString()).data();
        float scale = 0;
        for (float each : expected) {
            scale = Math.max(scale, Math.abs(each));
        }
        assertArrayEquals(expected, ours.data(), (float) (tolerance * scale), what);
    }

    @ParameterizedTest
    @CsvSource({"Grad-CAM", "Layer Gradient x Activation"})
    void sameMapOfALayer(String method) {
        Tensor before = map(savedModel, method, Map.of("layer", "net_conv3"), last());
        Tensor behind = map(savedModel, method, Map.of("layer", "net_bn3"), last());
        Map<String, String> layer = Map.of("layer", "conv3");
        same(before, map(torchScript, method, layer, first()), 1e-5, method);
        same(behind, map(onnx, method, layer, first()), 1e-5, method);
    }

    /** Along the path units stand within rounding of a ReLU's kink or a pooling's tie. */
    @Test
    void sameIntegral() {
        Map<String, String> options = Map.of("steps", "16");
        Tensor expected = map(savedModel, "Integrated Gradients", options, last());
        Tensor unfolded = map(torchScript, "Integrated Gradients", options, first());
        Tensor folded = map(onnx, "Integrated Gradients", options, first());
        same(expected, unfolded, 1e-3, "TorchScript");
        same(expected, folded, 1e-3, "ONNX");
    }
}
