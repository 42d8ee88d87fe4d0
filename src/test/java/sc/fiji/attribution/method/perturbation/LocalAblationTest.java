/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;

/** Feature Ablation that computes what a small region changes gives the values of whole passes. */
class LocalAblationTest {

    private static final AttributionMethod METHOD = AttributionMethods.named("Feature Ablation");

    private static Classifier open() {
        return Engines.open(
                Resources.bundled("golden/ms3d").resolve("saved_model"), ModelOptions.NONE);
    }

    /** Balls in their own boxes, one that the border cuts, a plane of single voxels, the rest. */
    private static Regions regions(Tensor image) {
        int[][] balls = {{8, 9, 10, 5}, {0, 30, 20, 6}, {30, 15, 30, 4}, {20, 20, 9, 7}};
        Tensor labels =
                Tensor.zeros(
                        new Axes("bzyx"), 1, image.size('z'), image.size('y'), image.size('x'));
        for (int i = 0; i < labels.length(); i++) {
            int x = i % image.size('x');
            int y = i / image.size('x') % image.size('y');
            int z = i / image.size('x') / image.size('y');
            labels.data()[i] = z == 39 && (x + y) % 9 == 0 ? 5 : 6;
            for (int b = 0; b < balls.length; b++) {
                int[] ball = balls[b];
                int dz = z - ball[0];
                int dy = y - ball[1];
                int dx = x - ball[2];
                if (dz * dz + dy * dy + dx * dx < ball[3] * ball[3]) {
                    labels.data()[i] = b + 1;
                }
            }
        }
        return new Regions(labels, IntStream.rangeClosed(1, 6).mapToObj(i -> "r" + i).toList());
    }

    private static Attribution ablate(Classifier classifier, String computation, String groups) {
        Tensor image = IncrementalOcclusionTest.noise(classifier, 1, 40, 39, 38, 3);
        Map<String, String> options = Map.of("computation", computation, "groups", groups);
        Settings settings = Settings.of(METHOD.declaration().options(), options);
        Baseline baseline = new Baseline.Constant(0.5f);
        Problem problem = new Problem(classifier, image, "0", baseline, settings);
        return METHOD.attribute(problem.with(regions(image)), Progress.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"all", "each", "2,1+3"})
    void sameValues(String groups) {
        try (Classifier classifier = open()) {
            Attribution plain = ablate(classifier, "plain", groups);
            Attribution found = ablate(classifier, "automatic", groups);
            assertFalse(plain.findings().containsKey("occlusion.cuts"));
            assertTrue(found.findings().containsKey("occlusion.cuts"), "" + found.findings());
            float[] logits = found.classLogits();
            double allowed = 1e-5 * Math.abs(logits[1] - logits[0]);
            double largest = 0;
            for (int i = 0; i < plain.regions().size(); i++) {
                double expected = plain.regions().get(i).value();
                assertEquals(expected, found.regions().get(i).value(), allowed, "region " + i);
                largest = Math.max(largest, Math.abs(expected));
            }
            assertTrue(largest > 100 * allowed, "regions without effect show nothing");
            assertTrue(found.passes() < plain.passes() || groups.equals("all"));
        }
    }
}
