/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.feature;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.sampling.Adam;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** What is found where the answer is known beforehand. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ActivationMaximisationTest {

    private static final int LENGTH = 3 * 4 * 5 * 2;
    private static final Axes AXES = new Axes("bzyxc");

    @TempDir static Path folder;

    private final float[] weights = new float[LENGTH * 2];

    /** Logits W·x of two classes. */
    private Classifier linear;

    @BeforeAll
    void open() throws IOException {
        Random random = new Random(5);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        linear =
                Engines.open(
                        new NetworkWriter(-1, 3, 4, 5, 2)
                                .flatten()
                                .dense(weights, 2)
                                .op("Softmax")
                                .write(folder.resolve("linear")),
                        ModelOptions.NONE);
    }

    @AfterAll
    void close() {
        linear.close();
    }

    private static Tensor zeros() {
        return Tensor.zeros(AXES, 1, 3, 4, 5, 2);
    }

    private ActivationMaximisation problem(Tensor start, ImageRange range, String... options) {
        Map<String, String> texts = new HashMap<>(Map.of("jitter", "0"));
        for (String option : options) {
            texts.put(option.split("=")[0], option.split("=")[1]);
        }
        Settings settings = Settings.of(ActivationMaximisation.DECLARATION.options(), texts);
        return new ActivationMaximisation(
                new Problem(linear, start, "1", new Baseline.Constant(0), settings), range);
    }

    private Attribution run(Tensor start, ImageRange range, String... options) {
        return problem(start, range, options)
                .run(Progress.NONE, ActivationMaximisation.Preview.NONE);
    }

    /** w·x - λ mean x² is largest at x = n w / (2 λ), in whatever coordinates it is climbed. */
    @ParameterizedTest
    @CsvSource({"pixels, adam", "fourier, adam", "pixels, gradient", "fourier, gradient"})
    void theQuadraticOptimumIsProportionalToTheWeights(String basis, String optimiser) {
        double energy = 60;
        Attribution found =
                run(
                        zeros(),
                        ImageRange.unknown(2),
                        "basis=" + basis,
                        "optimiser=" + optimiser,
                        "energy=" + energy,
                        "iterations=1500",
                        "rate=0.05");
        double[] expected = new double[LENGTH];
        double optimum = 0;
        double score = 0;
        for (int i = 0; i < LENGTH; i++) {
            float weight = weights[2 * i + 1];
            expected[i] = LENGTH * weight / (2 * energy);
            optimum += weight * expected[i] - energy * expected[i] * expected[i] / LENGTH;
            double x = found.map().data()[i];
            score += weight * x - energy * x * x / LENGTH;
        }
        for (int i = 0; i < LENGTH && optimiser.equals("adam"); i++) {
            assertEquals(expected[i], found.map().data()[i], 0.02);
        }
        assertEquals(optimum, score, 1e-3 * optimum);
    }

    /** Within bounds each value of the best image is at the one or the other. */
    @Test
    void valuesStayWithinTheRangeOfTheirChannel() {
        ImageRange range = new ImageRange(new float[] {0, -2}, new float[] {1, 2}, true);
        float[] found = run(zeros(), range, "basis=pixels", "rate=0.2").map().data();
        for (int i = 0; i < LENGTH; i++) {
            boolean up = weights[2 * i + 1] > 0;
            int c = i % 2;
            assertEquals(up ? range.high()[c] : range.low()[c], found[i], 1e-6);
        }
        for (float value : run(zeros(), range, "jitter=2", "blur=1").map().data()) {
            assertTrue(value >= -2 && value <= 2);
        }
    }

    @Test
    void sameSeedSameImage() {
        ImageRange range = ImageRange.unknown(2);
        String[] options = {"jitter=2", "blur=0.5", "variation=3", "seed=4", "iterations=20"};
        float[] first = run(zeros(), range, options).map().data();
        assertArrayEquals(first, run(zeros(), range, options).map().data());
        options[3] = "seed=5";
        assertFalse(Arrays.equals(first, run(zeros(), range, options).map().data()));
    }

    @Test
    void theSlopeOfTheRegularisersAgainstDifferences() {
        Tensor like = zeros();
        Random random = new Random(2);
        double[] image = random.doubles(LENGTH).toArray();
        double[] slope = new double[LENGTH];
        Smoothing smoothing = new Smoothing(like);
        smoothing.variation(image, 3, slope);
        Smoothing.energy(image, 5, slope);
        double h = 1e-6;
        for (int i = 0; i < LENGTH; i++) {
            double[] moved = image.clone();
            moved[i] += h;
            double up = cost(smoothing, moved);
            moved[i] -= 2 * h;
            assertEquals((up - cost(smoothing, moved)) / (2 * h), -slope[i], 1e-7);
        }
    }

    private static double cost(Smoothing smoothing, double[] image) {
        double[] ignored = new double[LENGTH];
        return 3 * smoothing.variation(image, 3, ignored) + 5 * Smoothing.energy(image, 5, ignored);
    }

    /** A step of one along one axis, by hand. */
    @Test
    void totalVariationOfAnEdge() {
        Tensor edge = Tensor.zeros(new Axes("byxc"), 1, 4, 6, 1);
        double[] image = new double[24];
        for (int i = 0; i < 24; i++) {
            image[i] = i % 6 < 3 ? 0 : 1;
        }
        assertEquals(4 / 24.0, new Smoothing(edge).variation(image, 0, new double[24]), 1e-3);
    }

    /** Bᵀ is the adjoint of B, and B keeps the mean square of white noise. */
    @Test
    void wavesAreABasis() {
        FourierBasis basis = new FourierBasis(zeros());
        Random random = new Random(9);
        double[] a = random.doubles(LENGTH).toArray();
        double[] b = random.doubles(LENGTH).toArray();
        double[] spread = a.clone();
        basis.spread(spread);
        double[] gathered = b.clone();
        basis.gather(gathered);
        double left = 0;
        double right = 0;
        double squares = 0;
        for (int i = 0; i < LENGTH; i++) {
            left += spread[i] * b[i];
            right += a[i] * gathered[i];
            double[] one = new double[LENGTH];
            one[i] = 1;
            basis.spread(one);
            squares += Arrays.stream(one).map(v -> v * v).sum() / LENGTH;
        }
        assertEquals(left, right, 1e-9);
        assertEquals(1, squares, 1e-9);
    }

    /** What one pixel asks for fades away from it, and no faster aside than along the axes. */
    @Test
    void aStepForOnePixelIsRound() {
        int side = 33;
        FourierBasis basis = new FourierBasis(Tensor.zeros(new Axes("byxc"), 1, side, side, 1));
        double[] step = new double[side * side];
        int at = 14 * side + 17;
        step[at] = 1;
        basis.gather(step);
        new Adam(basis.groups(step.length)).step(step);
        basis.spread(step);
        for (int r = 4; r < 14; r++) {
            double alongAxis = step[at + r];
            int aside = (int) Math.round(r / Math.sqrt(2));
            double alongDiagonal = step[at + aside * side + aside];
            assertEquals(alongDiagonal, alongAxis, 0.05 * step[at], "at distance " + r);
            assertTrue(Math.abs(alongAxis) < 0.15 * step[at], "at distance " + r);
        }
    }

    @Test
    void adamKeepsTheProportionsWithinAGroup() {
        double[] slope = {3, 4, 10, 0};
        new Adam(new int[] {0, 0, 1, 2}).step(slope);
        double size = Math.sqrt(12.5);
        assertArrayEquals(new double[] {3 / size, 4 / size, 1, 0}, slope, 1e-9);
    }

    @Test
    void cancelledBeforeTheNextCall() {
        int[] calls = new int[1];
        Progress impatient =
                (done, total, what) -> {
                    if (calls[0]++ == 3) {
                        throw new CancelledException();
                    }
                };
        assertThrows(
                CancelledException.class,
                () ->
                        problem(zeros(), ImageRange.unknown(2))
                                .run(impatient, ActivationMaximisation.Preview.NONE));
        assertEquals(4, calls[0]);
    }

    /** No value within the range makes the ReLU respond, and the result says so. */
    @Test
    void whereNothingRespondsItSaysSo() throws IOException {
        Path model =
                new NetworkWriter(-1, 6, 6, 1)
                        .constantTimes(-1)
                        .op("Relu")
                        .globalMean()
                        .dense(new float[] {1, -1}, 2)
                        .op("Softmax")
                        .write(folder.resolve("dead"));
        try (Classifier dead = Engines.open(model, ModelOptions.NONE)) {
            Settings settings = Settings.of(ActivationMaximisation.DECLARATION.options(), Map.of());
            ImageRange range = new ImageRange(new float[] {1}, new float[] {2}, true);
            Tensor start =
                    ActivationMaximisation.noise(
                            new Axes("byxc"), new int[] {1, 6, 6, 1}, range, settings);
            Attribution found =
                    new ActivationMaximisation(
                                    new Problem(
                                            dead, start, "1", new Baseline.Constant(0), settings),
                                    range)
                            .run(Progress.NONE, ActivationMaximisation.Preview.NONE);
            assertTrue(found.findings().containsKey(ActivationMaximisation.CAUTION));
        }
    }

    @Test
    void aViewerSeesItGrow() {
        double[] scores = new double[2];
        problem(zeros(), ImageRange.unknown(2), "iterations=16")
                .run(Progress.NONE, (iteration, score, image) -> scores[iteration / 8] = score);
        assertTrue(scores[1] > scores[0]);
    }
}
