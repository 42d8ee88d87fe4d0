/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.perturbation.Box;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.CountingClassifier;

/** What all maps of an image share is asked once, and boxes by what they change alone. */
class ScoredImageTest {

    private static final Path MODEL = Path.of("sample-images/lesion-classifier");

    private static Tensor image(Classifier classifier) {
        Tensor image = Tensor.zeros(classifier.spec().axes(), 1, 28, 32, 24, 3);
        Random random = new Random(1);
        for (int i = 0; i < image.length(); i++) {
            image.data()[i] = 255 * random.nextFloat();
        }
        return image;
    }

    private static Problem problem(Classifier classifier, AttributionMethod method) {
        return new Problem(
                classifier,
                image(classifier),
                "0",
                new Baseline.Constant(0),
                Settings.of(method.declaration().options(), Map.of()));
    }

    /** Crops give what whole images give, with a good part of the work saved. */
    @Test
    void boxesByWhatTheyChange() {
        try (Classifier opened = Engines.open(MODEL, ModelOptions.NONE)) {
            CountingClassifier classifier = new CountingClassifier(opened);
            AttributionMethod method = AttributionMethods.named("Gradient");
            Problem problem = problem(classifier, method);
            ScoredImage scored =
                    ScoredImage.of(problem, method.attribute(problem, Progress.NONE).target());
            Tensor input = problem.input();
            List<Box> boxes = new ArrayList<>();
            for (int z = 0; z < 28; z += 4) {
                for (int y = 0; y < 32; y += 4) {
                    boxes.add(new Box(new int[] {z, y, 8}, new int[] {z + 4, y + 4, 12}, 0));
                }
            }
            long before = classifier.values();
            double[] scores = scored.without(boxes, Progress.NONE);
            double whole = (double) (classifier.values() - before) / input.length();
            assertTrue(whole < 0.8 * boxes.size(), whole + " of " + boxes.size() + " images");
            double range = 0;
            for (int k = 0; k < boxes.size(); k += 9) {
                Tensor other = input.copy();
                for (int i = 0; i < other.length(); i++) {
                    if (isIn(boxes.get(k), other, i)) {
                        other.data()[i] = 0;
                    }
                }
                double expected = scored.scores(other)[0];
                range = Math.max(range, Math.abs(expected - scored.ofInput()));
                assertEquals(
                        expected, scores[k], 1e-4 * Math.max(1, Math.abs(expected)), "box " + k);
            }
            assertTrue(range > 1e-3, "boxes change the score: " + range);
        }
    }

    private static boolean isIn(Box box, Tensor image, int at) {
        for (int a = 0; a < 3; a++) {
            int place = image.along("zyx".charAt(a)).place(at);
            if (place < box.from()[a] || place >= box.to()[a]) {
                return false;
            }
        }
        return true;
    }

    /** Two methods, five maps of noise and the edges: a second method asks no more. */
    @Test
    void boxesAndRandomSetsAreAskedOnce() {
        try (Classifier opened = Engines.open(MODEL, ModelOptions.NONE)) {
            long one = images(opened, 1);
            long three = images(opened, 3);
            // Infidelity and Non-Sensitivity over the same boxes, correlation over the same sets.
            assertEquals(one, three);
            assertTrue(one < 100 + 2 * 64 + 30, one + " images");
        }
    }

    private static long images(Classifier opened, int methods) {
        CountingClassifier counting = new CountingClassifier(opened);
        AttributionMethod method = AttributionMethods.named("Gradient");
        Problem problem = problem(counting, method);
        Tensor map = method.attribute(problem, Progress.NONE).map();
        ScoredImage scored =
                ScoredImage.of(problem, method.attribute(problem, Progress.NONE).target());
        Comparison comparison =
                new Comparison(
                        Metrics.named("Infidelity, Non-Sensitivity, Faithfulness Correlation"));
        Map<String, Comparison.Trials> trials = new java.util.LinkedHashMap<>();
        for (int i = 0; i < methods; i++) {
            MethodExplained explained =
                    MethodExplained.of(
                            method, problem, scored, MethodExplained.Form.SUMMED, Optional.empty());
            Trial trial =
                    new Trial(
                            MethodExplained.summed(map),
                            Optional.empty(),
                            Optional.of(explained),
                            50,
                            5,
                            0);
            trials.put("method " + i, new Comparison.Trials(trial, trial, problem.input()));
        }
        long before = counting.images();
        comparison.add("image", trials, Progress.NONE);
        assertEquals(3 * methods, comparison.perImage().size());
        return counting.images() - before;
    }
}
