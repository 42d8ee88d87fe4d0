/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Engines;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.testing.Resources;

/** Computing only what a box changes gives the map of the plain way: borders, overlaps, strides. */
class IncrementalOcclusionTest {

    private static Attribution occlude(Classifier classifier, Tensor image, String... options) {
        AttributionMethod method = AttributionMethods.named("Occlusion");
        Map<String, String> texts = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            texts.put(options[i], options[i + 1]);
        }
        Settings settings = Settings.of(method.declaration().options(), texts);
        return method.attribute(
                new Problem(classifier, image, "0", new Baseline.Constant(0.5f), settings),
                Progress.NONE);
    }

    private static Tensor random(Classifier classifier, int... shape) {
        Tensor tensor = Tensor.zeros(classifier.spec().axes(), shape);
        Random random = new Random(11);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.data()[i] = (float) random.nextGaussian();
        }
        return tensor;
    }

    private static void compare(Classifier classifier, Tensor image, String... options) {
        Attribution fast = occlude(classifier, image, options);
        assertTrue(fast.findings().containsKey("occlusion.cuts"), fast.findings().toString());
        String[] plainOptions = java.util.Arrays.copyOf(options, options.length + 2);
        plainOptions[options.length] = "computation";
        plainOptions[options.length + 1] = "plain";
        Attribution plain = occlude(classifier, image, plainOptions);
        assertFalse(plain.findings().containsKey("occlusion.cuts"));
        float[] logits = fast.classLogits();
        float range = Math.abs(logits[1] - logits[0]);
        System.out.println(fast.findings());
        assertArrayEquals(plain.map().data(), fast.map().data(), 1e-4f * range);
    }

    @ParameterizedTest
    @CsvSource({"4, 4, all", "4, 3, all", "'6,3,5', '5,3,2', all", "8, 8, each"})
    void ms3d(String window, String stride, String groups) {
        Path folder = Resources.bundled("golden/ms3d").resolve("saved_model");
        try (Classifier classifier = Engines.open(folder, ModelOptions.NONE)) {
            Tensor image = random(classifier, 1, 40, 39, 40, 3);
            compare(classifier, image, "window", window, "stride", stride, "groups", groups);
        }
    }

    /** Odd extents, so that strided windows are padded on one side only. */
    @Test
    void strangers() {
        for (String name : new String[] {"resnet3d", "cnn2d_keras_export", "nchw_native"}) {
            Path folder = Resources.shared("models/generated/" + name).resolve("saved_model");
            try (Classifier classifier = Engines.open(folder, ModelOptions.NONE)) {
                int[] shape = classifier.spec().shape().clone();
                shape[0] = 1;
                Tensor image = random(classifier, shape);
                Attribution fast = occlude(classifier, image, "window", "3", "stride", "3");
                Attribution plain =
                        occlude(
                                classifier,
                                image,
                                "window",
                                "3",
                                "stride",
                                "3",
                                "computation",
                                "plain");
                System.out.println(name + " " + fast.findings());
                assertFalse(fast.findings().containsKey("occlusion.fallback"), name);
                float range = 0;
                for (float logit : fast.classLogits()) {
                    range = Math.max(range, Math.abs(logit - fast.classLogits()[0]));
                }
                assertArrayEquals(plain.map().data(), fast.map().data(), 1e-4f * range, name);
            }
        }
    }

    @Test
    void aNetworkThatMixesAllPlacesIsOccludedThePlainWay(@TempDir Path folder) throws IOException {
        new NetworkWriter(-1, 12, 12, 12, 1).flatten().dense(2).op("Softmax").write(folder);
        try (Classifier classifier = Engines.open(folder, ModelOptions.NONE)) {
            Attribution found = occlude(classifier, random(classifier, 1, 12, 12, 12, 1));
            assertFalse(found.findings().containsKey("occlusion.cuts"));
        }
    }
}
