/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
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

/** On a 3-D classifier with batch normalisation and max pooling. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuidedGradCamTest {

    private static final String BOTH_LAYERS = "net_relu2, net_conv3";

    private Classifier classifier;
    private Tensor input;

    @BeforeAll
    void open() {
        classifier =
                Engines.open(
                        Resources.bundled("golden/ms3d").resolve("saved_model"), ModelOptions.NONE);
        Map<String, Npy> bundled =
                Npy.readAll(Resources.bundled("golden/ms3d").resolve("regions.npz"));
        input = GoldenMs3d.channelsLast(bundled.get("input"));
    }

    @AfterAll
    void close() {
        classifier.close();
    }

    private Attribution run(String name, Tensor image, String target, String... options) {
        AttributionMethod method = AttributionMethods.named(name);
        Map<String, String> texts = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            texts.put(options[i], options[i + 1]);
        }
        Settings settings = Settings.of(method.declaration().options(), texts);
        Problem problem =
                new Problem(classifier, image, target, new Baseline.Constant(0), settings);
        Attribution result = method.attribute(problem, Progress.NONE);
        assertEquals(method.passes(problem), result.passes());
        return result;
    }

    /** Each channel of the one times the only channel of the other, voxel by voxel. */
    private static float[] product(Tensor guided, Tensor cam) {
        float[] product = guided.data().clone();
        int channels = guided.size('c');
        for (int i = 0; i < product.length; i++) {
            product[i] *= cam.data()[i / channels];
        }
        return product;
    }

    /** The other two methods, run by themselves. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"last|0", "net_relu2|1", BOTH_LAYERS + "|1", "last|net_relu3[2]"})
    void isTheProductOfTheTwo(String layer, String target) {
        Attribution guided = run("Guided Backprop", input, target);
        Attribution cam = run("Grad-CAM", input, target, "layer", layer, "relu", "yes");
        Attribution both = run("Guided Grad-CAM", input, target, "layer", layer);
        float[] expected = product(guided.map(), cam.map());
        assertTrue(Maps.maxAbs(expected) > 0);
        assertArrayEquals(
                expected, both.map().data(), (float) (1e-6 * Maps.maxAbs(expected)), layer);
        assertEquals(cam.findings().get("layer"), both.findings().get("layer"));
        // By the pass for scores or the one for gradients, which sum in another order.
        assertEquals(guided.score(), both.score(), 1e-6 * Math.abs(guided.score()));
        // A hidden unit is looked at before, by each of the two, and here once.
        int looks = target.contains("[") ? 1 : 0;
        assertEquals(guided.passes() + cam.passes() - looks, both.passes());
    }

    /** What argues against the target in Grad-CAM leaves nothing, whatever Guided Backprop says. */
    @Test
    void whatGradCamFindsAgainstTheTargetIsLeftAway() {
        float[] cam = run("Grad-CAM", input, "0").map().data();
        float[] both = run("Guided Grad-CAM", input, "0").map().data();
        float[] guided = run("Guided Backprop", input, "0").map().data();
        double deep = -0.5 * Maps.maxAbs(cam);
        int against = 0;
        for (int i = 0; i < both.length; i++) {
            // Interpolated after the ReLU, so only what lies deep enough is zero for certain.
            if (cam[i / 3] < deep && guided[i] != 0) {
                assertEquals(0, Math.abs(both[i]));
                against++;
            }
        }
        assertTrue(against > 0, "nothing argues against it");
    }

    /** Captum's map is the product of its own two, of which the collection has each. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void asCaptumSays(int target) throws IOException {
        GoldenMs3d golden = GoldenMs3d.shared();
        GoldenMs3d.Figure guided = figure(golden, "guided_backprop", target);
        GoldenMs3d.Figure cam = figure(golden, "layer_gradcam_conv3_relu1_up_linear", target);
        double[] onImage = cam.expected();
        // Once for each channel of the image, to be read where the other is known.
        Tensor repeated = Tensor.zerosLike(input);
        for (int i = 0; i < repeated.length(); i++) {
            repeated.data()[i] = (float) onImage[i / input.size('c')];
        }
        float[] expected = guided.at(repeated);
        double[] product = new double[expected.length];
        double[] fine = guided.expected();
        for (int i = 0; i < product.length; i++) {
            product[i] = expected[i] * fine[i];
        }
        Attribution map = run("Guided Grad-CAM", golden.input(0), "" + target);
        float[] actual = guided.at(map.map());
        double scale = Maps.maxAbs(product);
        double error = Maps.maxDifference(actual, product) / scale;
        System.out.printf(
                "ms3d Guided Grad-CAM of logit %d: error %.1e of the maximum%n", target, error);
        assertTrue(error <= 1e-3, "error " + error);
    }

    private static GoldenMs3d.Figure figure(GoldenMs3d golden, String method, int target)
            throws IOException {
        return golden.figures(method::equals).stream()
                .filter(figure -> figure.input() == 0 && figure.target() == target)
                .findFirst()
                .orElseThrow();
    }
}
