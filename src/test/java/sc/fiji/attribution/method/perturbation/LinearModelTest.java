/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Grid;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** A network w·x, where the share of each voxel is w (x − b), and every answer follows from it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LinearModelTest {

    private static final int Y = 6;
    private static final int X = 7;
    private static final int C = 2;

    @TempDir static Path folder;

    private Classifier linear;
    private final float[] weights = new float[Y * X * C * 2];
    private final Tensor input = Tensor.zeros(new Axes("byxc"), 1, Y, X, C);
    private final Tensor baseline = Tensor.zeros(new Axes("byxc"), 1, Y, X, C);

    /** w (x − b) of each value. */
    private final double[] share = new double[Y * X * C];

    @BeforeAll
    void open() throws IOException {
        Random random = new Random(3);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < input.length(); i++) {
            input.data()[i] = random.nextFloat();
            baseline.data()[i] = random.nextFloat();
            share[i] = weights[2 * i] * ((double) input.data()[i] - baseline.data()[i]);
        }
        NetworkWriter network = new NetworkWriter(-1, Y, X, C).flatten().dense(weights, 2);
        linear = Engines.open(network.write(folder.resolve("linear")), ModelOptions.NONE);
    }

    @AfterAll
    void close() {
        linear.close();
    }

    /** Left, middle and right, and the last column to none. */
    private static Regions regions() {
        Tensor labels = Tensor.zeros(new Axes("byx"), 1, Y, X);
        for (int i = 0; i < labels.length(); i++) {
            labels.data()[i] = i % X == X - 1 ? 0 : 1 + i % X / 2;
        }
        return new Regions(labels, List.of("left", "middle", "right"));
    }

    private Problem problem(AttributionMethod method, String... options) {
        Settings settings =
                Settings.of(method.declaration().options(), GameClassifier.map(options));
        Baseline given = new Baseline.Images(List.of(baseline), "given");
        return new Problem(linear, input, "0", given, settings).with(regions());
    }

    private Attribution run(String name, String... options) {
        AttributionMethod method = AttributionMethods.named(name);
        return method.attribute(problem(method, options), Progress.NONE);
    }

    /** Σ of the shares in a box, in one channel or all (-1). */
    private double sum(int y0, int y1, int x0, int x1, int channel) {
        double sum = 0;
        for (int y = y0; y < Math.min(Y, y1); y++) {
            for (int x = x0; x < Math.min(X, x1); x++) {
                for (int c = 0; c < C; c++) {
                    sum += channel < 0 || c == channel ? share[(y * X + x) * C + c] : 0;
                }
            }
        }
        return sum;
    }

    @Test
    void occlusionIsTheSumInTheBox() {
        float[] map = run("Occlusion", "window", "3,2", "stride", "3,2").map().data();
        for (int i = 0; i < Y * X; i++) {
            int y = i / X / 2 * 2;
            int x = i % X / 3 * 3;
            assertEquals(sum(y, y + 2, x, x + 3, -1), map[i], 1e-5);
        }
    }

    @Test
    void overlapsAreAveragedByBruteForce() {
        Attribution found = run("Occlusion", "window", "3", "stride", "2", "groups", "each");
        for (int i = 0; i < Y * X * C; i++) {
            int y = i / C / X;
            int x = i / C % X;
            double expected = 0;
            int covered = 0;
            // ⌈(6−3)/2⌉+1 = 3 windows along y and ⌈(7−3)/2⌉+1 = 3 along x.
            for (int y0 = 0; y0 <= 4; y0 += 2) {
                for (int x0 = 0; x0 <= 4; x0 += 2) {
                    if (y >= y0 && y < y0 + 3 && x >= x0 && x < x0 + 3) {
                        expected += sum(y0, y0 + 3, x0, x0 + 3, i % C);
                        covered++;
                    }
                }
            }
            assertEquals(expected / covered, found.map().data()[i], 1e-5);
        }
        assertEquals("18", found.findings().get("boxes"));
    }

    /** Of a box only what lies inside is replaced. */
    @Test
    void occlusionInsideAMask() {
        Tensor mask = Tensor.zeros(new Axes("byx"), 1, Y, X);
        mask.data()[2 * X + 4] = 1;
        AttributionMethod method = AttributionMethods.named("Occlusion");
        Problem problem = problem(method, "window", "2", "stride", "2").within(mask);
        Attribution found = method.attribute(problem, Progress.NONE);
        assertEquals(2, found.passes());
        for (int i = 0; i < Y * X; i++) {
            double expected = i == 2 * X + 4 ? sum(2, 3, 4, 5, -1) : 0;
            assertEquals(expected, found.map().data()[i], 1e-5);
        }
    }

    /** The model sees half of the image's voxels along x, each of 0.5 mm. */
    @Test
    void windowsAreInVoxelsOfTheImageOrItsUnit() {
        Grid half = new Grid(new double[] {0.5, 1, 1}, new double[] {0.5, 2, 1}, "mm");
        AttributionMethod method = AttributionMethods.named("Occlusion");
        for (String window : List.of("4,2", "2,4 mm")) {
            Problem p = problem(method, "window", window, "stride", window);
            Problem scaled =
                    new Problem(
                            linear,
                            input,
                            "0",
                            p.baseline(),
                            p.settings(),
                            half,
                            p.regions(),
                            p.inside());
            float[] map = method.attribute(scaled, Progress.NONE).map().data();
            for (int i = 0; i < Y * X; i++) {
                int y = i / X / 2 * 2;
                int x = i % X / 2 * 2;
                assertEquals(sum(y, y + 2, x, x + 2, -1), map[i], 1e-5, window);
            }
        }
    }

    /** To 1e-5 of the range that the score has over all sets of regions. */
    @ParameterizedTest
    @CsvSource({
        "Feature Ablation,",
        "Shapley Values,",
        "Shapley Sampling,",
        "KernelSHAP,",
        "KernelSHAP, coalitions=6",
        "Banzhaf Values,",
        "LIME, penalty=0",
        "LIME, penalty=0 kernel=share",
        "LIME, penalty=0 regression=lasso"
    })
    void regionsAddUp(String method, String options) {
        String[] texts = options == null ? new String[0] : options.split("[ =]");
        Attribution found = run(method, texts);
        double range = 0;
        for (int r = 0; r < 3; r++) {
            range += Math.abs(sum(0, Y, 2 * r, 2 * r + 2, -1));
        }
        for (int r = 0; r < 3; r++) {
            double expected = sum(0, Y, 2 * r, 2 * r + 2, -1);
            assertEquals(expected, found.regions().get(r).value(), 1e-5 * range);
            assertEquals(expected, found.map().data()[2 * r], 1e-5 * range);
            assertEquals(2 * Y, found.regions().get(r).voxels());
        }
        assertEquals(0, found.map().data()[X - 1]);
    }

    @Test
    void regionsInGroupsOfChannels() {
        Attribution found = run("Shapley Values", "groups", "each");
        assertEquals("left, channel 1", found.regions().get(0).region());
        assertEquals(sum(0, Y, 2, 4, 1), found.regions().get(3).value(), 1e-5);
        assertEquals(C, found.map().size('c'));
        assertEquals(sum(0, Y, 4, 6, 1), found.map().data()[4 * C + 1], 1e-5);
        // Only the second channel is ever changed.
        Attribution second = run("Feature Ablation", "groups", "2");
        assertEquals(sum(0, Y, 0, 2, 1), second.regions().get(0).value(), 1e-5);
    }

    /**
     * Its expectation is Σᵢ share(i) cov(Mᵢ, M_λ) / p, where the covariance of two values of a mask
     * is p (1 − p) Σ over nodes of the product of their weights, on average over the shifts.
     */
    @ParameterizedTest
    @ValueSource(strings = {"0.5", "0.3"})
    void riseApproachesItsExpectation(String probability) {
        double p = Double.parseDouble(probability);
        int cell = 3;
        double[][] alongY = covariance(Y, cell);
        double[][] alongX = covariance(X, cell);
        float[] map =
                run("RISE", "masks", "40000", "cell", "3", "probability", probability).map().data();
        double error = 0;
        double scale = 0;
        for (int i = 0; i < Y * X; i++) {
            double expected = 0;
            for (int j = 0; j < Y * X; j++) {
                double product = 0;
                for (int s = 0; s < cell * cell; s++) {
                    product +=
                            alongY[s / cell][i / X * Y + j / X]
                                    * alongX[s % cell][i % X * X + j % X];
                }
                expected += (share[j * C] + share[j * C + 1]) * (1 - p) * product / (cell * cell);
            }
            error = Math.max(error, Math.abs(expected - map[i]));
            scale = Math.max(scale, Math.abs(expected));
        }
        System.out.printf("RISE, 40,000 masks: error %.3f of %.3f%n", error, scale);
        assertTrue(error < 0.05 * scale, error + " of " + scale);
    }

    /** For each shift Σ over nodes of the product of two positions' weights. */
    private static double[][] covariance(int size, int cell) {
        double[][] products = new double[cell][size * size];
        for (int s = 0; s < cell; s++) {
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    for (int node = 0; node < size; node++) {
                        double a = Math.max(0, 1 - Math.abs((i + s) / (double) cell - node));
                        double b = Math.max(0, 1 - Math.abs((j + s) / (double) cell - node));
                        products[s][i * size + j] += a * b;
                    }
                }
            }
        }
        return products;
    }

    /** The paper's own normalisation is that with the mean score of the masked images added. */
    @Test
    void riseAsPublished() {
        double[] scores = new double[64];
        float[] paper =
                run("RISE", "masks", "64", "cell", "3", "normalisation", "paper").map().data();
        AttributionMethod method = AttributionMethods.named("RISE");
        Problem problem = problem(method, "masks", "64", "cell", "3");
        CoarseGrid grid = CoarseGrid.of(problem);
        double[] expected = new double[Y * X];
        float[] mask = new float[Y * X];
        for (int k = 0; k < scores.length; k++) {
            Rise.draw(grid, problem.settings(), k, mask);
            double score = 0;
            for (int i = 0; i < input.length(); i++) {
                score += weights[2 * i] * baseline.data()[i] + share[i] * mask[i / C];
            }
            for (int i = 0; i < mask.length; i++) {
                expected[i] += score * mask[i] / (64 * 0.5);
            }
        }
        for (int i = 0; i < mask.length; i++) {
            assertEquals(expected[i], paper[i], 1e-4);
        }
    }

    /** Without smoothness a voxel is replaced where that pays more than its share of the cost. */
    @Test
    void extremalMask() {
        Attribution found =
                run(
                        "Extremal Mask",
                        "cell",
                        "1",
                        "smoothness",
                        "0",
                        "sparsity",
                        "1.5",
                        "iterations",
                        "300");
        double scale = Math.abs(sum(0, Y, 0, X, -1));
        double cost = 1.5 * scale / ((Y + 1) * (X + 1));
        for (int i = 0; i < Y * X; i++) {
            double gain = share[i * C] + share[i * C + 1];
            if (Math.abs(gain - cost) > 0.01) {
                assertEquals(gain > cost ? 1 : 0, found.map().data()[i], 1e-3);
            }
        }
    }
}
