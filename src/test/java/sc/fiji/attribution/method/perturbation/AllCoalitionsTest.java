/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.GoldenMs3d;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * KernelSHAP with all coalitions against Shapley values from another formula, Σ over the sets with
 * a player of the set's dividend divided by its size (Harsanyi 1963). Allowed is 1e-5 of the range
 * that the logit has over all sets; on a network both also differ by float32, since it scores them
 * in other batches.
 */
@Tag("long")
class AllCoalitionsTest {

    private static final double ALLOWED = 1e-5;

    private static final String EXACT = "shapley_exact_voronoi12__in0__t1.npy";

    @TempDir static Path folder;

    /** The solution of the least squares alone: all use the same scores. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 12, 16})
    void randomGames(int players) {
        Random random = new Random(players);
        float[] v = new float[1 << players];
        for (int s = 0; s < v.length; s++) {
            // Far from zero, as logits may be: an offset must cancel.
            v[s] = (float) (50 + random.nextGaussian());
        }
        GameClassifier game = new GameClassifier(players, row -> v[set(row)]);
        double[] expected = Dividends.shapleyValues(players, v);
        Attribution found = game.play("KernelSHAP", "coalitions", "" + v.length);
        assertEquals("all", found.findings().get("coalitions"));
        double range = Dividends.range(v);
        double error = furthest(expected, GameClassifier.values(found)) / range;
        double exact =
                furthest(expected, GameClassifier.values(game.play("Shapley Values"))) / range;
        System.out.printf(
                "%d players: KernelSHAP off by %.1e of the range, enumeration by %.1e%n",
                players, error, exact);
        assertTrue(error <= 1e-9, "KernelSHAP: " + error);
        assertTrue(exact <= 1e-9, "Shapley Values: " + exact);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void realNetwork(String target) {
        Path ms3d = Resources.bundled("golden/ms3d");
        Map<String, Npy> golden = Npy.readAll(ms3d.resolve("regions.npz"));
        Tensor input = GoldenMs3d.channelsLast(golden.get("input"));
        Tensor regions = labels(golden.get("voronoi12"), 6);
        try (Classifier network = Engines.open(ms3d.resolve("saved_model"), ModelOptions.NONE)) {
            compare("ms3d", network, input, regions, target);
        }
    }

    /** Twelve regions, against another tool's exact values in float64; half a minute. */
    @Test
    void everySetOfTwelveRegions() {
        Path figures = Resources.shared("golden/ms3d");
        double[] expected = Npy.read(figures.resolve(EXACT)).values();
        double[] v = Npy.read(figures.resolve("coalition_values__in0.npy")).values();
        float[] ofTarget = new float[v.length / 2];
        for (int s = 0; s < ofTarget.length; s++) {
            ofTarget[s] = (float) v[2 * s + 1];
        }
        Path ms3d = Resources.bundled("golden/ms3d");
        Map<String, Npy> golden = Npy.readAll(ms3d.resolve("regions.npz"));
        Tensor input = GoldenMs3d.channelsLast(golden.get("input"));
        double[] found;
        try (Classifier network = Engines.open(ms3d.resolve("saved_model"), ModelOptions.NONE)) {
            Regions regions = regions(labels(golden.get("voronoi12"), 12));
            found = run("KernelSHAP", network, input, regions, "1", "0");
        }
        double error = furthest(expected, found) / Dividends.range(ofTarget);
        System.out.printf("ms3d, 4,094 sets: KernelSHAP off by %.1e of the range%n", error);
        assertTrue(error <= ALLOWED, "" + error);
    }

    /** Merges regions until so many are left. */
    private static Tensor labels(Npy image, int count) {
        float[] labels = image.floats();
        for (int i = 0; i < labels.length; i++) {
            labels[i] = 1 + (int) labels[i] % count;
        }
        int[] shape = image.shape();
        return new Tensor(new Axes("bzyx"), new int[] {1, shape[0], shape[1], shape[2]}, labels);
    }

    @Test
    void smallNetwork() throws IOException {
        NetworkWriter layers =
                new NetworkWriter(-1, 6, 8, 8, 2)
                        .conv3d(6)
                        .op("Relu")
                        .maxPool3d()
                        .globalMean()
                        .dense(3);
        Random random = new Random(5);
        Tensor input = Tensor.zeros(new Axes("bzyxc"), 1, 6, 8, 8, 2);
        for (int i = 0; i < input.length(); i++) {
            input.data()[i] = random.nextFloat();
        }
        Tensor regions = Tensor.zeros(new Axes("bzyx"), 1, 6, 8, 8);
        for (int i = 0; i < regions.length(); i++) {
            regions.data()[i] = 1 + i / 64 / 3 * 4 + i / 8 % 8 / 4 * 2 + i % 8 / 4;
        }
        try (Classifier network =
                Engines.open(layers.write(folder.resolve("small")), ModelOptions.NONE)) {
            compare("small network", network, input, regions, "2");
        }
    }

    private static void compare(
            String name, Classifier network, Tensor input, Tensor labels, String target) {
        Regions regions = regions(labels);
        int players = regions.count();
        float[] v = new float[1 << players];
        for (int s = 0; s < v.length; s++) {
            Tensor image = input.copy();
            for (int i = 0; i < image.length(); i++) {
                int region = (int) labels.data()[i / input.size('c')] - 1;
                image.data()[i] = (s >> region & 1) == 1 ? image.data()[i] : 0;
            }
            v[s] = network.logits(image)[0][Integer.parseInt(target)];
        }
        double[] expected = Dividends.shapleyValues(players, v);
        double[] kernel = run("KernelSHAP", network, input, regions, target, "3");
        double[] exact = run("Shapley Values", network, input, regions, target, "5");
        System.out.printf(
                "%s, logit %s: KernelSHAP off by %.1e of the range, from enumeration by %.1e%n",
                name,
                target,
                furthest(expected, kernel) / Dividends.range(v),
                furthest(exact, kernel) / Dividends.range(v));
        assertTrue(furthest(expected, kernel) <= ALLOWED * Dividends.range(v));
        assertTrue(furthest(exact, kernel) <= ALLOWED * Dividends.range(v));
    }

    private static Regions regions(Tensor labels) {
        int count = 0;
        for (float label : labels.data()) {
            count = (int) Math.max(count, label);
        }
        return new Regions(labels, IntStream.range(0, count).mapToObj(i -> "region " + i).toList());
    }

    private static double[] run(
            String name,
            Classifier network,
            Tensor input,
            Regions regions,
            String target,
            String batch) {
        AttributionMethod method = AttributionMethods.named(name);
        Settings settings = Settings.of(method.declaration().options(), Map.of("batch", batch));
        Problem problem =
                new Problem(network, input, target, new Baseline.Constant(0), settings)
                        .with(regions);
        return GameClassifier.values(method.attribute(problem, Progress.NONE));
    }

    private static int set(float[] row) {
        int set = 0;
        for (int i = 0; i < row.length; i++) {
            set |= row[i] > 0.5 ? 1 << i : 0;
        }
        return set;
    }

    private static double furthest(double[] expected, double[] found) {
        assertEquals(expected.length, found.length);
        double most = 0;
        for (int i = 0; i < found.length; i++) {
            most = Math.max(most, Math.abs(found[i] - expected[i]));
        }
        return most;
    }
}
