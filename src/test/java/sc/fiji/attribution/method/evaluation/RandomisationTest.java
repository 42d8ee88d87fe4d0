/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.evaluation.faithfulness.ResNet;
import sc.fiji.attribution.method.evaluation.localisation.QuantusScores;
import sc.fiji.attribution.method.evaluation.randomisation.Similarity;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.FolderContents;
import sc.fiji.attribution.testing.GoldenMs3d;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/** Weights lose what they learned in a copy; the model and its file stay as they are. */
class RandomisationTest {

    private static final Path MODEL = Path.of("sample-images/lesion-classifier");

    private static Tensor image(Classifier classifier, long seed) {
        int[] shape = classifier.spec().shape().clone();
        for (int i = 0; i < shape.length; i++) {
            char axis = classifier.spec().axes().axis(i);
            shape[i] = axis == 'b' ? 1 : shape[i] < 0 ? 32 : shape[i];
        }
        Tensor image = Tensor.zeros(classifier.spec().axes(), shape);
        Random random = new Random(seed);
        for (int i = 0; i < image.length(); i++) {
            image.data()[i] = 255 * random.nextFloat();
        }
        return image;
    }

    @Test
    void scoresMoveAndTheModelDoesNot() throws IOException {
        byte[] before = Files.readAllBytes(MODEL.resolve("saved_model.pb"));
        try (Classifier network = Engines.open(MODEL, ModelOptions.NONE)) {
            Tensor image = image(network, 1);
            float[] logits = network.logits(image)[0];
            Classifier.Weights weights = network.weights().orElseThrow();
            assertTrue(weights.layers().size() > 2, weights.layers() + "");
            for (String layer : weights.layers()) {
                try (Classifier one = weights.shuffled(Set.of(layer), 3);
                        Classifier same = weights.shuffled(Set.of(layer), 3)) {
                    float[] moved = one.logits(image)[0];
                    // The same network at each pass, and at each opening.
                    assertArrayEquals(moved, one.logits(image)[0]);
                    assertArrayEquals(moved, same.logits(image)[0]);
                }
            }
            try (Classifier all = weights.shuffled(Set.copyOf(weights.layers()), 3);
                    Classifier other = weights.shuffled(Set.copyOf(weights.layers()), 4)) {
                assertNotEquals(logits[0], all.logits(image)[0][0]);
                assertNotEquals(other.logits(image)[0][0], all.logits(image)[0][0]);
            }
            assertArrayEquals(logits, network.logits(image)[0]);
        }
        assertArrayEquals(before, Files.readAllBytes(MODEL.resolve("saved_model.pb")));
    }

    /** On models of strangers, with weights in variables and in constants. */
    @Tag("long")
    @Test
    void scoresOfOtherModelsMove() throws IOException {
        Path folder = Resources.shared("models/generated");
        int moved = 0;
        List<Path> models;
        try (var files = Files.list(folder)) {
            models =
                    files.filter(f -> Files.exists(f.resolve("saved_model/saved_model.pb")))
                            .map(f -> f.resolve("saved_model"))
                            .sorted()
                            .toList();
        }
        for (Path model : models) {
            Map<String, byte[]> before = FolderContents.of(model);
            try (Classifier network = Engines.open(model, ModelOptions.NONE)) {
                Tensor image = image(network, 2);
                float[] logits = network.logits(image)[0];
                Classifier.Weights weights = network.weights().orElseThrow();
                try (Classifier all = weights.shuffled(Set.copyOf(weights.layers()), 1)) {
                    moved += all.logits(image)[0][0] != logits[0] ? 1 : 0;
                }
                assertArrayEquals(logits, network.logits(image)[0]);
                Map<String, byte[]> after = FolderContents.of(model);
                assertEquals(before.keySet(), after.keySet());
                before.forEach((name, bytes) -> assertArrayEquals(bytes, after.get(name), name));
            } catch (sc.fiji.attribution.core.ModelException e) {
                // Those that are refused as they are, are none of this test's business.
                continue;
            }
        }
        assertTrue(moved >= 10, moved + " of " + models.size());
    }

    /** Their well-known behaviour: guided backprop hardly notices, the gradient does. */
    @Tag("long")
    @Test
    void guidedBackpropDoesNotSeeWhatWasLearned() {
        GoldenMs3d golden = new GoldenMs3d(Resources.bundled("golden/ms3d"));
        try (Classifier network =
                Engines.open(golden.folder().resolve("saved_model"), ModelOptions.NONE)) {
            Tensor image = image(network, 1);
            for (int i = 0; i < image.length(); i++) {
                image.data()[i] /= 255;
            }
            double guided = cascade(network, image, "Guided Backprop");
            double gradient = cascade(network, image, "Gradient");
            assertTrue(guided > gradient, guided + " " + gradient);
        }
    }

    private static double cascade(Classifier network, Tensor image, String name) {
        AttributionMethod method = AttributionMethods.named(name);
        Problem problem =
                new Problem(
                        network,
                        image,
                        "1",
                        new Baseline.Constant(0),
                        Settings.of(method.declaration().options(), Map.of()));
        Tensor map = method.attribute(problem, Progress.NONE).map();
        Target target = Target.parse("1", network.spec().labels()).orElseThrow();
        Explained explained =
                MethodExplained.of(
                        method,
                        problem,
                        ScoredImage.of(problem, target),
                        MethodExplained.Form.WHOLE,
                        Optional.empty());
        Trial trial = new Trial(map, Optional.empty(), Optional.of(explained), 10, 5, 0);
        return Metrics.named("Cascade Spearman").get(0).evaluate(trial, Progress.NONE).value();
    }

    private static Trial trial(
            Classifier network, Tensor image, String name, Optional<Classifier> second) {
        AttributionMethod method = AttributionMethods.named(name);
        Settings settings = Settings.of(method.declaration().options(), Map.of());
        Problem problem = new Problem(network, image, "1", new Baseline.Constant(0), settings);
        Attribution found = method.attribute(problem, Progress.NONE);
        Explained explained =
                MethodExplained.of(
                        method,
                        problem,
                        ScoredImage.of(problem, found.target()),
                        MethodExplained.Form.WHOLE,
                        second);
        return new Trial(found.map(), Optional.empty(), Optional.of(explained), 10, 5, 1);
    }

    private static double of(String metric, Trial trial) {
        return Metrics.named(metric).get(0).evaluate(trial, Progress.NONE).value();
    }

    /**
     * Quantus draws class 2; its structural similarity is of the map as one long line. Its
     * gradients are of double precision.
     */
    @Test
    void mapsOfTwoClassesAsInQuantus() {
        try (ResNet network = new ResNet()) {
            for (int i = 0; i < 2; i++) {
                Tensor map = map(network.classifier, network.image(i), ResNet.CLASS);
                Tensor other = map(network.classifier, network.image(i), 2);
                String key = "grad" + i;
                assertEquals(logit("pearson", key), Similarity.correlation(map, other), 1e-5);
                assertEquals(logit("ssim", key), Similarity.ssim(line(map), line(other)), 1e-5);
                // Its ranks are of the signed values.
                double ranks = Ranking.spearman(doubles(map), doubles(other));
                assertEquals(logit("spearman", key), ranks, 1e-5);
            }
        }
    }

    private static double[] doubles(Tensor map) {
        return IntStream.range(0, map.length()).mapToDouble(i -> map.data()[i]).toArray();
    }

    private static Tensor line(Tensor map) {
        return new Tensor(new Axes("bx"), new int[] {1, map.length()}, map.data());
    }

    private static double logit(String similarity, String key) {
        return QuantusScores.all("RandomLogit/full/" + similarity, key)
                .getAsJsonObject()
                .get("score")
                .getAsDouble();
    }

    private static Tensor map(Classifier network, Tensor image, int target) {
        AttributionMethod method = AttributionMethods.named("Gradient");
        Settings settings = Settings.of(method.declaration().options(), Map.of());
        return method.attribute(
                        new Problem(
                                network,
                                image,
                                Integer.toString(target),
                                new Baseline.Constant(0),
                                settings),
                        Progress.NONE)
                .map();
    }

    /** Its maps of randomised networks, which torch drew, and its correlation with the first. */
    @Test
    void cascadesAsInQuantus() {
        Map<String, Npy> maps =
                Npy.readAll(Resources.shared("golden/quantus").resolve("mprt_maps.npz"));
        for (String order : List.of("top_down", "bottom_up")) {
            for (String key : List.of("grad0", "grad1")) {
                float[] all = maps.get(order + "_" + key).floats();
                JsonObject figures = QuantusScores.all("MPRT/" + order, key).getAsJsonObject();
                JsonArray layers = figures.getAsJsonArray("layers");
                double mean = 0;
                for (int i = 0; i < layers.size(); i++) {
                    double found = Similarity.spearman(part(all, 0), part(all, i));
                    double expected =
                            figures.getAsJsonObject("spearman")
                                    .get(layers.get(i).getAsString())
                                    .getAsDouble();
                    assertEquals(expected, found, 1e-5);
                    mean += found / layers.size();
                }
                // Its average counts the untouched network, which is 1; ours does not.
                assertEquals(figures.get("average").getAsDouble(), mean, 1e-5);
            }
        }
    }

    private static Tensor part(float[] all, int number) {
        float[] one = Arrays.copyOfRange(all, number * 4096, (number + 1) * 4096);
        return new Tensor(new Axes("byx"), new int[] {1, 64, 64}, one);
    }

    /** The other class of two that a softmax closes, and a class that is not there. */
    @Test
    void theMapOfAnotherClass() {
        GoldenMs3d golden = new GoldenMs3d(Resources.bundled("golden/ms3d"));
        try (Classifier network =
                Engines.open(golden.folder().resolve("saved_model"), ModelOptions.NONE)) {
            Tensor image = image(network, 1);
            Trial trial = trial(network, image, "Gradient", Optional.empty());
            List<String> others = trial.explainer().otherTargets();
            assertFalse(others.contains("1"));
            String other = others.get(1 % others.size());
            Tensor map = map(network, image, Integer.parseInt(other));
            assertEquals(Similarity.ssim(trial.map(), map), of("Random Logit", trial), 1e-9);
            Metric labels = Metrics.named("Random Labels").get(0);
            assertEquals(Optional.of(Need.RANDOM_LABELS), Metrics.lacks(labels, trial));
        }
    }

    /** Gradients are the same where image and network are shifted alike; images times them not. */
    @Tag("long")
    @Test
    void shiftedNetworksSayTheSame() {
        for (Path model : List.of(MODEL, Resources.bundled("golden/ms3d/saved_model"))) {
            try (Classifier network = Engines.open(model, ModelOptions.NONE)) {
                Tensor image = image(network, 1);
                Tensor brighter = image.copy();
                for (int i = 0; i < image.length(); i++) {
                    image.data()[i] /= 255;
                    brighter.data()[i] = image.data()[i] + 2;
                }
                try (Classifier shifted = network.weights().orElseThrow().shifted(2)) {
                    float[] expected = network.logits(image)[0];
                    assertArrayEquals(expected, shifted.logits(brighter)[0], 1e-4f);
                    assertTrue(network.logits(brighter)[0][0] != expected[0]);
                    assertEquals(
                            network.layers().orElseThrow().list().size(),
                            shifted.layers().orElseThrow().list().size());
                }
                // A step of 1 on the way from 0 to 2 rounds the image by some 1e-7.
                Trial gradient = trial(network, image, "Gradient", Optional.empty());
                assertTrue(of("Input Invariance", gradient) < 1e-2);
                for (String name : List.of("Input x Gradient", "Integrated Gradients", "LRP")) {
                    Trial other = trial(network, image, name, Optional.empty());
                    assertTrue(of("Input Invariance", other) > 0.1, name);
                }
            }
        }
    }

    /** A second network is asked the same. */
    @Test
    void aNetworkOfRandomLabels() {
        try (Classifier network = Engines.open(MODEL, ModelOptions.NONE);
                Classifier second =
                        network.weights()
                                .orElseThrow()
                                .shuffled(
                                        Set.copyOf(network.weights().orElseThrow().layers()), 5)) {
            Tensor image = image(network, 1);
            Trial trial = trial(network, image, "Gradient", Optional.of(second));
            Tensor map = map(second, image, 1);
            assertEquals(Similarity.spearman(trial.map(), map), of("Random Labels", trial), 1e-9);
        }
    }

    /** Layers drawn anew one after the other, and each alone, against a loop. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void likenessAlongTheLayers(boolean volume) {
        LinearScore score =
                volume
                        ? new LinearScore(8, "bzyx", 1, 9, 8, 10)
                        : new LinearScore(8, "byx", 1, 12, 11);
        Trial trial = score.trial(null);
        Set<String> soFar = new HashSet<>();
        double[] sums = new double[4];
        for (String layer : score.layers()) {
            soFar.add(layer);
            Tensor cascade = score.mapOf(new Change.Shuffled(soFar, trial.seed()), Progress.NONE);
            Tensor alone =
                    score.mapOf(new Change.Shuffled(Set.of(layer), trial.seed()), Progress.NONE);
            sums[0] += Similarity.ssim(trial.map(), cascade) / 3;
            sums[1] += pearson(trial.map(), cascade) / 3;
            sums[2] += Similarity.spearman(trial.map(), cascade) / 3;
            sums[3] += Similarity.spearman(trial.map(), alone) / 3;
        }
        assertEquals(sums[0], of("Cascade SSIM", trial), 1e-12);
        assertEquals(sums[1], of("Cascade Correlation", trial), 1e-9);
        assertEquals(sums[2], of("Cascade Spearman", trial), 1e-12);
        assertEquals(sums[3], of("Layers Spearman", trial), 1e-12);
        assertTrue(sums[3] > sums[2], "one layer alone changes less");
    }

    private static double pearson(Tensor a, Tensor b) {
        double[] m = new double[5];
        int n = a.length();
        for (int i = 0; i < n; i++) {
            double x = a.data()[i];
            double y = b.data()[i];
            double[] terms = {x, y, x * x, y * y, x * y};
            for (int k = 0; k < 5; k++) {
                m[k] += terms[k] / n;
            }
        }
        return (m[4] - m[0] * m[1]) / Math.sqrt((m[2] - m[0] * m[0]) * (m[3] - m[1] * m[1]));
    }

    @Test
    void similarities() {
        Random random = new Random(1);
        Tensor a = Tensor.zeros(new Axes("bzyx"), 1, 9, 8, 10);
        Tensor b = Tensor.zerosLike(a);
        for (int i = 0; i < a.length(); i++) {
            a.data()[i] = (float) random.nextGaussian();
            b.data()[i] = -2 * a.data()[i];
        }
        assertEquals(1, Similarity.ssim(a, a), 1e-12);
        assertEquals(1, Similarity.spearman(a, b), 1e-12);
        assertEquals(-1, Similarity.correlation(a, b), 1e-6);
        assertTrue(Similarity.ssim(a, b) < 0);
        assertEquals(slowSsim(a, b), Similarity.ssim(a, b), 1e-9);
        Tensor c = NullMaps.random(a, 5);
        assertEquals(slowSsim(a, c), Similarity.ssim(a, c), 1e-9);
    }

    /** Window by window; the window is 7 wide, the map 9, 8 and 10. */
    private static double slowSsim(Tensor a, Tensor b) {
        double ma = 0;
        double mb = 0;
        for (int i = 0; i < a.length(); i++) {
            ma = Math.max(ma, Math.abs(a.data()[i]));
            mb = Math.max(mb, Math.abs(b.data()[i]));
        }
        double low = 1;
        double high = -1;
        for (int i = 0; i < a.length(); i++) {
            low = Math.min(low, Math.min(a.data()[i] / ma, b.data()[i] / mb));
            high = Math.max(high, Math.max(a.data()[i] / ma, b.data()[i] / mb));
        }
        double c1 = Math.pow(0.01 * (high - low), 2);
        double c2 = Math.pow(0.03 * (high - low), 2);
        double sum = 0;
        int windows = 0;
        for (int z = 0; z <= 9 - 7; z++) {
            for (int y = 0; y <= 8 - 7; y++) {
                for (int x = 0; x <= 10 - 7; x++) {
                    double[] m = new double[5];
                    for (int k = 0; k < 343; k++) {
                        int i = ((z + k / 49) * 8 + y + k / 7 % 7) * 10 + x + k % 7;
                        double va = a.data()[i] / ma;
                        double vb = b.data()[i] / mb;
                        double[] terms = {va, vb, va * va, vb * vb, va * vb};
                        for (int t = 0; t < 5; t++) {
                            m[t] += terms[t];
                        }
                    }
                    double n = 343;
                    double va = (m[2] - m[0] * m[0] / n) / (n - 1);
                    double vb = (m[3] - m[1] * m[1] / n) / (n - 1);
                    double vab = (m[4] - m[0] * m[1] / n) / (n - 1);
                    double u = m[0] / n;
                    double v = m[1] / n;
                    sum +=
                            (2 * u * v + c1)
                                    * (2 * vab + c2)
                                    / ((u * u + v * v + c1) * (va + vb + c2));
                    windows++;
                }
            }
        }
        return sum / windows;
    }
}
