/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * Problems of 8 × 8 whose answer is known, after XAI-TRIS (Clark et al. 2024, Machine Learning
 * 113): a T or an L of four pixels in noise. The networks are the answer itself, so what a method
 * gets wrong is the method's.
 */
class TetrominoTest {

    private static final int SIDE = 8;
    private static final int IMAGES = 30;
    private static final int[] T = {9, 10, 11, 18};
    private static final int[] L = {44, 52, 60, 61};

    private static final List<String> METHODS =
            List.of("Gradient", "Input x Gradient", "Integrated Gradients", "Occlusion");

    @TempDir Path folder;
    private Random random;

    @BeforeEach
    void begin() {
        random = new Random(4);
    }

    /** f = sum over the T less sum over the L. */
    private Path linear() throws IOException {
        float[] weights = new float[SIDE * SIDE];
        add(weights, T, 1);
        add(weights, L, -1);
        return new NetworkWriter(-1, SIDE, SIDE, 1)
                .flatten()
                .dense(twoClasses(weights, 1), 2)
                .op("Softmax")
                .write(folder.resolve("linear"));
    }

    /** f = |T + L| - |T - L|: whether both have the same sign, as much as the weaker one has it. */
    private Path sameSign() throws IOException {
        float[] hidden = new float[SIDE * SIDE * 4];
        int[][] signs = {{1, 1}, {-1, -1}, {1, -1}, {-1, 1}};
        for (int unit = 0; unit < 4; unit++) {
            for (int at : T) {
                hidden[at * 4 + unit] = signs[unit][0];
            }
            for (int at : L) {
                hidden[at * 4 + unit] = signs[unit][1];
            }
        }
        return new NetworkWriter(-1, SIDE, SIDE, 1)
                .flatten()
                .dense(hidden, 4)
                .op("Relu")
                .dense(twoClasses(new float[] {1, 1, -1, -1}, 1), 2)
                .op("Softmax")
                .write(folder.resolve("same"));
    }

    /** Of class 0 nothing, of class 1 the weights. */
    private static float[] twoClasses(float[] weights, float scale) {
        float[] both = new float[2 * weights.length];
        for (int i = 0; i < weights.length; i++) {
            both[2 * i + 1] = scale * weights[i];
        }
        return both;
    }

    private static void add(float[] image, int[] shape, double value) {
        for (int at : shape) {
            image[at] += (float) value;
        }
    }

    /** White noise, or noise that is smooth and strong, which edges and products see. */
    private float[] noise(boolean smooth) {
        float[] noise = new float[SIDE * SIDE];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) (0.3 * random.nextGaussian());
        }
        if (!smooth) {
            return noise;
        }
        float[] blurred = new float[noise.length];
        for (int i = 0; i < noise.length; i++) {
            for (int o = 0; o < noise.length; o++) {
                int dx = i % SIDE - o % SIDE;
                int dy = i / SIDE - o / SIDE;
                blurred[i] += (float) (noise[o] * Math.exp(-(dx * dx + dy * dy) / 4.0));
            }
        }
        return blurred;
    }

    /** The figures' means over images, by method, and {@code random} and {@code edges}. */
    private Map<String, Double> figures(
            Classifier network, boolean both, boolean smooth, String metric, Comparison found) {
        for (int number = 0; number < IMAGES; number++) {
            float[] pixels = noise(smooth);
            boolean[] mask = new boolean[SIDE * SIDE];
            double sign = both && number % 2 == 1 ? -1 : 1;
            add(pixels, T, sign);
            for (int at : T) {
                mask[at] = true;
            }
            for (int at : both ? L : new int[0]) {
                pixels[at] += (float) sign;
                mask[at] = true;
            }
            Tensor image = new Tensor(new Axes("byxc"), new int[] {1, SIDE, SIDE, 1}, pixels);
            found.add("image " + number, trials(network, image, mask), Progress.NONE);
        }
        return means(found, metric);
    }

    private static Map<String, Comparison.Trials> trials(
            Classifier network, Tensor image, boolean[] mask) {
        Map<String, Comparison.Trials> trials = new LinkedHashMap<>();
        for (String name : METHODS) {
            AttributionMethod method = AttributionMethods.named(name);
            Map<String, String> options =
                    name.equals("Occlusion") ? Map.of("window", "1", "stride", "1") : Map.of();
            Problem problem =
                    new Problem(
                            network,
                            image,
                            "1",
                            new Baseline.Constant(0),
                            Settings.of(method.declaration().options(), options));
            Attribution map = method.attribute(problem, Progress.NONE);
            Optional<Explained> explained =
                    Optional.of(MethodExplained.of(method, problem, map.target()));
            Trial onModel = new Trial(map.map(), Optional.empty(), explained, 16, 5, 1);
            Trial onImage = Trial.of(map.map(), mask);
            trials.put(name, new Comparison.Trials(onModel, onImage, image));
        }
        return trials;
    }

    /**
     * Of a linear network the gradient is the answer, whatever the noise; products with the image
     * are as noisy as that, but silent elsewhere, and do not see it where the noise turns its sign.
     */
    @Test
    void aShapeInNoise() throws IOException {
        try (Classifier network = Engines.open(linear(), ModelOptions.NONE)) {
            for (boolean smooth : new boolean[] {false, true}) {
                Comparison found = new Comparison(Metrics.named("Voxel AUC, Deletion"));
                Map<String, Double> auc = figures(network, false, smooth, "Voxel AUC", found);
                assertEquals(1, auc.get("Gradient"), 1e-9);
                assertTrue(auc.get("Gradient") >= auc.get("Input x Gradient"), auc + "");
                // Three ways to say the same of a linear network.
                double product = auc.get("Input x Gradient");
                assertEquals(product, auc.get("Integrated Gradients"), 1e-3);
                assertEquals(product, auc.get("Occlusion"), 1e-3);
                assertTrue(product > auc.get(Comparison.EDGES) + 0.05, auc + "");
                assertTrue(auc.get(Comparison.EDGES) > auc.get(Comparison.RANDOM), auc + "");
                assertEquals(0.5, auc.get(Comparison.RANDOM), 0.05);
                // The gradient does not know how strong a pixel is, so what is removed by it first
                // is not always what counts most.
                Map<String, Double> deletion = means(found, "Deletion");
                assertTrue(deletion.get("Input x Gradient") <= deletion.get("Gradient") + 1e-9);
                assertTrue(deletion.get("Gradient") < deletion.get(Comparison.RANDOM));
                assertTrue(deletion.get("Gradient") < deletion.get(Comparison.EDGES));
            }
        }
    }

    private static Map<String, Double> means(Comparison found, String metric) {
        Map<String, Double> means = new LinkedHashMap<>();
        for (Comparison.Row row : found.rows()) {
            if (row.image().equals(Comparison.ALL)
                    && row.metric().declaration().name().equals(metric)) {
                means.put(row.method(), row.value());
                means.put(Comparison.RANDOM, row.random());
                means.put(Comparison.EDGES, row.edges());
            }
        }
        return means;
    }

    /**
     * Where the class is that two shapes agree, no gradient is right for both signs: it is no
     * better than noise, and worse than the image's edges. Products with the image have the sign
     * right, and the weaker shape alone, since the score depends on that one; what a pixel takes
     * with it depends on it, too, but for pixels without which the other shape becomes the weaker.
     */
    @Test
    void twoShapesThatAgree() throws IOException {
        try (Classifier network = Engines.open(sameSign(), ModelOptions.NONE)) {
            Comparison found = new Comparison(Metrics.named("localisation, Deletion, Insertion"));
            Map<String, Double> auc = figures(network, true, false, "Voxel AUC", found);
            assertEquals(0.5, auc.get("Gradient"), 0.05);
            assertTrue(auc.get("Gradient") < auc.get(Comparison.EDGES), auc + "");
            assertEquals(0.75, auc.get("Input x Gradient"), 0.02);
            assertEquals(0.75, auc.get("Integrated Gradients"), 0.02);
            assertTrue(auc.get("Integrated Gradients") > auc.get(Comparison.EDGES), auc + "");
            assertTrue(auc.get("Occlusion") > 0.85, auc + "");
            assertEquals(0.5, auc.get(Comparison.RANDOM), 0.05);
            Recommendation advice = Recommendation.of(found.perImage());
            assertTrue(
                    List.of("Integrated Gradients", "Input x Gradient", "Occlusion")
                            .contains(advice.method().orElseThrow()),
                    advice.reason());
            assertEquals("Gradient", advice.standings().get(METHODS.size() - 1).method());
            for (Standing standing : advice.standings()) {
                Interval interval = standing.overall().interval();
                assertTrue(interval.low() >= 1 && interval.high() <= METHODS.size());
            }
        }
    }
}
