/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
import sc.fiji.attribution.method.perturbation.region.Enumeration;
import sc.fiji.attribution.method.perturbation.region.RegionGame;
import sc.fiji.attribution.method.perturbation.region.RegionMethods;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.GoldenMs3d;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * Captum's occlusion and ablation, and Shapley and Banzhaf values by brute force, for a 3-D
 * classifier; see the README beside them. Allowed is 1e-5 of the range that the logit has over all
 * sets of regions.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoldenRegionsTest {

    private Classifier classifier;
    private Map<String, Npy> golden;
    private Tensor input;

    @BeforeAll
    void open() {
        Path folder = Resources.bundled("golden/ms3d");
        classifier =
                new RememberingClassifier(
                        Engines.open(folder.resolve("saved_model"), ModelOptions.NONE));
        golden = Npy.readAll(folder.resolve("regions.npz"));
        input = GoldenMs3d.channelsLast(golden.get("input"));
    }

    @AfterAll
    void close() {
        classifier.close();
    }

    private Regions regions(String name) {
        Npy labels = golden.get(name);
        float[] fromOne = labels.floats();
        int count = 0;
        for (int i = 0; i < fromOne.length; i++) {
            count = (int) Math.max(count, ++fromOne[i]);
        }
        int[] shape = {1, labels.shape()[0], labels.shape()[1], labels.shape()[2]};
        return new Regions(
                new Tensor(new Axes("bzyx"), shape, fromOne),
                IntStream.range(0, count).mapToObj(i -> "label " + i).toList());
    }

    private Attribution run(String name, String regions, int target, String... options) {
        AttributionMethod method = AttributionMethods.named(name);
        Settings settings =
                Settings.of(method.declaration().options(), GameClassifier.map(options));
        Problem problem =
                new Problem(
                                classifier,
                                input,
                                Integer.toString(target),
                                new Baseline.Constant(0),
                                settings)
                        .with(regions(regions));
        return method.attribute(problem, Progress.NONE);
    }

    /** Over all sets of regions. */
    private double range(int target) {
        double[] values = golden.get("coalition_values").values();
        double[] logits =
                IntStream.range(0, values.length / 2)
                        .mapToDouble(i -> values[2 * i + target])
                        .toArray();
        return Arrays.stream(logits).max().getAsDouble()
                - Arrays.stream(logits).min().getAsDouble();
    }

    private void check(String figure, double[] expected, Attribution found, int target) {
        double[] values = GameClassifier.values(found);
        assertEquals(expected.length, values.length);
        double error = 0;
        for (int i = 0; i < values.length; i++) {
            error = Math.max(error, Math.abs(values[i] - expected[i]));
        }
        System.out.printf(
                "ms3d %s of logit %d: error %.1e of the range%n",
                figure, target, error / range(target));
        assertTrue(error <= 1e-5 * range(target), figure + ": " + error);
    }

    @ParameterizedTest
    @CsvSource({"voronoi12,0", "voronoi12,1", "grid16,0", "grid16,1"})
    void ablation(String regions, int target) {
        Attribution found = run("Feature Ablation", regions, target);
        String figure = "feature_ablation_" + regions;
        check(figure, golden.get(figure + "_" + target).values(), found, target);
        // Fewer where only what a region changes is computed.
        assertTrue(found.passes() <= 1 + found.regions().size());
        // The map holds each region's value in its voxels.
        float[] labels = regions(regions).labels().data();
        for (int i = 0; i < labels.length; i += 997) {
            assertEquals(
                    found.regions().get((int) labels[i] - 1).value(), found.map().data()[i], 1e-5);
        }
        int[] voxels = new int[found.regions().size()];
        for (float label : labels) {
            voxels[(int) label - 1]++;
        }
        for (int i = 0; i < voxels.length; i++) {
            assertEquals(voxels[i], found.regions().get(i).voxels());
        }
    }

    /**
     * The scores of sets of regions are the brute force's, from which {@link SampledValuesTest}
     * gets its Shapley and Banzhaf values; all 4,096 take minutes: see {@code
     * PerturbationBenchmark}.
     */
    @Test
    void coalitions() {
        double[] expected = golden.get("coalition_values").values();
        Settings settings =
                Settings.of(RegionMethods.declare("", "", "", List.of()).options(), Map.of());
        Problem problem =
                new Problem(classifier, input, "1", new Baseline.Constant(0), settings)
                        .with(regions("voronoi12"));
        RegionGame game =
                new RegionGame(
                        problem, RegionMethods.declare("", "", "", List.of()), 64, Progress.NONE);
        double[] values = game.values(64, (index, in) -> Enumeration.fill(index * 65, in));
        for (int i = 0; i < values.length; i++) {
            assertEquals(expected[2 * 65 * i + 1], values[i], 1e-5 * range(1));
        }
    }

    @Tag("long")
    @Test
    void occlusion() {
        Attribution found = run("Occlusion", "voronoi12", 1);
        compare("occlusion 8³/8", golden.get("occlusion_w8_s8_1").values(), found, 1);
        assertEquals("252", found.findings().get("boxes"));
        // The image, and four boxes to compare the crops with.
        assertEquals(5, found.passes());
        Attribution plain = run("Occlusion", "voronoi12", 1, "computation", "plain");
        compare("plain occlusion 8³/8", golden.get("occlusion_w8_s8_1").values(), plain, 1);
        assertEquals(253, plain.passes());
    }

    /** Captum repeats a box's value in each of its channels; here they are one. */
    private void compare(String figure, double[] expected, Attribution found, int target) {
        float[] map = Maps.permute(found.map(), "bczyx").data();
        int repeat = expected.length / map.length;
        double error = 0;
        for (int i = 0; i < expected.length; i++) {
            double value = map[repeat == 1 ? i : i % map.length];
            error = Math.max(error, Math.abs(value - expected[i]));
        }
        System.out.printf(
                "ms3d %s of logit %d: error %.1e of the range%n",
                figure, target, error / range(target));
        assertTrue(error <= 1e-5 * range(target), figure + ": " + error);
    }

    /** The windows of x, y, z that the figures name in the order c, z, y, x. */
    @ParameterizedTest
    @CsvSource({
        "occlusion_w3x12x12x12_s3x7x9x11, 12, '11,9,7', all",
        "occlusion_w1x16x16x16_s1x16x16x16, 16, 16, each"
    })
    void occlusionWithOverlapAndSingleChannels(
            String figure, String window, String stride, String groups) {
        Path file = Resources.shared("golden/ms3d").resolve(figure + "__in0__t1.npz");
        double[] expected = Npy.readAll(file).get("a").values();
        Attribution found =
                run(
                        "Occlusion",
                        "voronoi12",
                        1,
                        "window",
                        window,
                        "stride",
                        stride,
                        "groups",
                        groups);
        compare(figure, expected, found, 1);
    }

    @Test
    void otherInputs() {
        Path folder = Resources.shared("golden/ms3d");
        double[] index = Npy.read(folder.resolve("samples_idx.npy")).values();
        Tensor first = input;
        for (int i : new int[] {1}) {
            input = GoldenMs3d.channelsLast(Npy.read(folder.resolve("input" + i + ".npy")));
            for (String regions : List.of("voronoi12", "grid16")) {
                String figure = "feature_ablation_" + regions;
                String file = figure + "__in" + i + "__t1.npy";
                double[] expected = Npy.read(folder.resolve(file)).values();
                check(figure + " in" + i, expected, run("Feature Ablation", regions, 1), 1);
            }
            String file = "occlusion_w3x8x8x8_s3x8x8x8__in" + i + "__t1.samples.npy";
            double[] expected = Npy.read(folder.resolve(file)).values();
            Attribution found = run("Occlusion", "voronoi12", 1);
            for (int k = 0; k < index.length; k++) {
                int position = (int) index[k] % found.map().length();
                assertEquals(expected[k], found.map().data()[position], 1e-5 * range(1));
            }
        }
        input = first;
    }
}
