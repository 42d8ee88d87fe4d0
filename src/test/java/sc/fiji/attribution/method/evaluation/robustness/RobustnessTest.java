/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.robustness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.evaluation.LinearScore;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.method.evaluation.Trial;
import sc.fiji.attribution.method.evaluation.faithfulness.ResNet;
import sc.fiji.attribution.method.evaluation.localisation.QuantusScores;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/** A linear network's map changes by w·noise: formulas against loops over the same noise. */
class RobustnessTest {

    private static double of(String name, Trial trial) {
        return Metrics.named(name).get(0).evaluate(trial, Progress.NONE).value();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void figuresOfALinearNetwork(boolean volume) {
        LinearScore score =
                volume
                        ? new LinearScore(1, "bzyxc", 1, 3, 4, 5, 2)
                        : new LinearScore(1, "byxc", 1, 6, 7, 2);
        Trial trial = score.trial(null);
        float[] x = score.input().data();
        double low = 1;
        double high = 0;
        for (float value : x) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        SplittableRandom random = new SplittableRandom(trial.seed());
        double largest = 0;
        double mean = 0;
        double lipschitz = 0;
        double inputs = 0;
        double outputs = 0;
        for (int sample = 0; sample < trial.samples(); sample++) {
            double change = 0;
            double length = 0;
            double noise = 0;
            double shares = 0;
            double ofInput = 0;
            double moved = 0;
            for (int i = 0; i < x.length; i++) {
                double e = Neighbours.RADIUS * (high - low) * (2 * random.nextDouble() - 1);
                change += Math.pow(score.weights[i] * e, 2);
                length += Math.pow(trial.map().data()[i], 2);
                noise += e * e;
                double share = (x[i] + e - x[i]) / (x[i] - score.reference().data()[i]);
                shares += share * share;
                ofInput += e * e / x[i] / x[i];
                moved += score.weights[i] * e;
            }
            inputs = Math.max(inputs, Math.sqrt(shares / ofInput));
            outputs = Math.max(outputs, Math.sqrt(shares) / Math.abs(moved));
            largest = Math.max(largest, Math.sqrt(change / length));
            mean += Math.sqrt(change / length) / trial.samples();
            lipschitz = Math.max(lipschitz, Math.sqrt(change / noise));
        }
        assertEquals(largest, of("Max Sensitivity", trial), 1e-5);
        assertEquals(mean, of("Average Sensitivity", trial), 1e-5);
        assertEquals(lipschitz, of("Local Lipschitz", trial), 1e-5);
        assertEquals(inputs, of("Relative Input Stability", trial), 1e-3 * inputs);
        assertEquals(outputs, of("Relative Output Stability", trial), 1e-3 * outputs);
    }

    /** No noise can be drawn from an image of one value, and no map be as stable as none. */
    @Test
    void whatIsTheSameEverywhereIsNotStable() {
        LinearScore flat = new LinearScore(1, "byx", 1, 6, 7);
        Arrays.fill(flat.input().data(), 3);
        LinearScore score = new LinearScore(1, "byx", 1, 6, 7);
        Trial silent = score.trial(null).with(Tensor.zerosLike(score.input()));
        for (String name :
                List.of(
                        "Max Sensitivity",
                        "Average Sensitivity",
                        "Local Lipschitz",
                        "Relative Input Stability",
                        "Relative Output Stability",
                        "Monotonicity Correlation")) {
            var found = Metrics.named(name).get(0).evaluate(flat.trial(null), Progress.NONE);
            assertTrue(Double.isNaN(found.value()), name);
            assertEquals("the image is the same everywhere", found.detail());
        }
        for (String name : List.of("Max Sensitivity", "Shift Sensitivity", "Cascade Spearman")) {
            var found = Metrics.named(name).get(0).evaluate(silent, Progress.NONE);
            assertTrue(Double.isNaN(found.value()), name);
            assertEquals("the map is zero everywhere", found.detail());
        }
    }

    /**
     * Images that are moved by a voxel or a small turn, and maps moved back: each value is a sum
     * over all others, weighed by how near they are; places outside are those at the border.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void movementsAsSums(boolean volume) {
        LinearScore score =
                volume
                        ? new LinearScore(9, "bzyx", 1, 3, 6, 5)
                        : new LinearScore(9, "byx", 1, 7, 8);
        Trial trial = score.trial(null);
        double[][] steps = {{1, 0, 0, 0}, {-1, 0, 0, 0}, {0, 1, 0, 0}, {0, -1, 0, 0}};
        double[][] deep = {{0, 0, 1, 0}, {0, 0, -1, 0}};
        double shift = 0;
        for (double[] step : steps) {
            shift += change(score, step) / (volume ? 6 : 4);
        }
        for (double[] step : volume ? deep : new double[0][]) {
            shift += change(score, step) / 6;
        }
        assertEquals(shift, of("Shift Sensitivity", trial), 1e-5);
        double turn = 0;
        for (int side : new int[] {-1, 1}) {
            turn += change(score, new double[] {0, 0, 0, Math.toRadians(3 * side)}) / 2;
        }
        assertEquals(turn, of("Turn Sensitivity", trial), 1e-5);
    }

    /** Length of the difference of both maps over that of the one that only went there and back. */
    private static double change(LinearScore score, double[] step) {
        double[] back = {-step[0], -step[1], -step[2], -step[3]};
        Tensor map = score.map(score.input(), Progress.NONE);
        Tensor again = moved(score.map(moved(score.input(), step), Progress.NONE), back);
        Tensor same = moved(moved(map, step), back);
        double change = 0;
        double length = 0;
        for (int i = 0; i < map.length(); i++) {
            change += Math.pow(same.data()[i] - again.data()[i], 2);
            length += Math.pow(same.data()[i], 2);
        }
        return Math.sqrt(change / length);
    }

    /**
     * @param step along x, y and z, and an angle about the middle of each slice
     */
    private static Tensor moved(Tensor image, double[] step) {
        int width = image.size('x');
        int height = image.size('y');
        int plane = width * height;
        Tensor moved = Tensor.zerosLike(image);
        for (int i = 0; i < image.length(); i++) {
            double dx = i % width - (width - 1) / 2.0;
            double dy = i / width % height - (height - 1) / 2.0;
            double cos = Math.cos(step[3]);
            double sin = Math.sin(step[3]);
            double fromX = cos * dx + sin * dy + (width - 1) / 2.0 - step[0];
            double fromY = cos * dy - sin * dx + (height - 1) / 2.0 - step[1];
            double fromZ = i / plane - step[2];
            for (int o = 0; o < image.length(); o++) {
                moved.data()[i] +=
                        (float)
                                (near(o % width, fromX, width)
                                        * near(o / width % height, fromY, height)
                                        * near(o / plane, fromZ, image.length() / plane)
                                        * image.data()[o]);
            }
        }
        return moved;
    }

    private static double near(int place, double from, int extent) {
        double inside = Math.max(0, Math.min(extent - 1, from));
        return Math.max(0, 1 - Math.abs(place - inside));
    }

    /** A map that goes with the image stays; one that does not changes by what it is. */
    @Test
    void movementsComeBack() {
        Tensor image = new LinearScore(3, "bzyxc", 1, 3, 6, 7, 2).input();
        for (int axis = 0; axis < 3; axis++) {
            Movement shift = Movement.shift(axis, 1);
            Tensor back = shift.returned(shift.moved(image));
            char name = "zyx".charAt(axis);
            for (int i = 0; i < image.length(); i++) {
                boolean last = i / image.stride(name) % image.size(name) == image.size(name) - 1;
                // The last ones left the image; their neighbours are what is there instead.
                int from = last ? i - image.stride(name) : i;
                assertEquals(image.data()[from], back.data()[i], 0);
            }
        }
        Tensor turned = Movement.turn(90).moved(image);
        // A right angle about the middle of a square is a transposition and a mirror.
        Tensor square = new LinearScore(4, "byx", 1, 5, 5).input();
        Tensor quarter = Movement.turn(90).moved(square);
        for (int y = 0; y < 5; y++) {
            for (int x = 0; x < 5; x++) {
                double here = quarter.data()[y * 5 + x];
                double a = square.data()[(4 - x) * 5 + y];
                double b = square.data()[x * 5 + 4 - y];
                assertTrue(Math.min(Math.abs(here - a), Math.abs(here - b)) < 1e-6);
            }
        }
        assertEquals(image.length(), turned.length());
    }

    /** The identity goes with every movement of the image; a fixed map with none. */
    @Test
    void aMapThatGoesWithTheImageIsStable() {
        LinearScore score = new LinearScore(5, "bzyx", 1, 4, 6, 6);
        Arrays.fill(score.weights, 1);
        Arrays.fill(score.reference().data(), 0);
        Trial trial = score.trial(null);
        assertEquals(0, of("Shift Sensitivity", trial), 1e-6);
        assertEquals(0, of("Turn Sensitivity", trial), 1e-6);
        LinearScore fixed = new LinearScore(5, "bzyx", 1, 4, 6, 6);
        assertTrue(of("Shift Sensitivity", fixed.trial(null)) > 0.5);
        assertTrue(of("Turn Sensitivity", fixed.trial(null)) > 0.1);
    }

    /** Noise of one sample in one value. */
    private interface Noise {
        double of(int at);
    }

    private static Noise noise(String kind) {
        boolean normal = kind.equals("normal");
        String file = normal ? "noise_normal.npy" : "noise_uniform01.npy";
        double[] u = Npy.read(Resources.shared("golden/quantus").resolve(file)).values();
        return switch (kind) {
            case "normal" -> at -> 0.1 * u[at];
            case "wide" -> at -> -0.2 + 0.4 * u[at];
            case "narrow" -> at -> -0.02 + 0.04 * u[at];
            default -> at -> 0.02 + 0.18 * u[at];
        };
    }

    /**
     * Quantus' noise and network. Its gradients are of double precision and ours of single, so the
     * figures agree to some 1e-5 of themselves; relative ones, which are ruled by divisors next to
     * 0, to 1e-2.
     */
    @ParameterizedTest
    @CsvSource({
        "Max Sensitivity, MaxSensitivity/full, wide, 5e-5",
        "Max Sensitivity, MaxSensitivity/full/r0.02, narrow, 5e-5",
        "Average Sensitivity, AvgSensitivity/full, wide, 5e-5",
        "Local Lipschitz, LocalLipschitzEstimate/full/raw, normal, 5e-5",
        "Relative Input Stability, RelativeInputStability/full, above, 1e-2",
        "Relative Output Stability, RelativeOutputStability/full, above, 1e-2"
    })
    void figuresOfQuantus(String name, String theirs, String kind, double tolerance) {
        try (ResNet network = new ResNet()) {
            RobustnessMetric metric = (RobustnessMetric) Metrics.named(name).get(0);
            Noise noise = noise(kind);
            for (int number = 0; number < 2; number++) {
                Tensor image = network.image(number);
                Trial trial = network.trial(number, false);
                Neighbours neighbours = new Neighbours(trial);
                List<Double> figures = new ArrayList<>();
                for (int sample = 0; sample < 8; sample++) {
                    Tensor noisy = image.copy();
                    for (int i = 0; i < image.length(); i++) {
                        double e = noise.of(sample * image.length() + i);
                        noisy.data()[i] = (float) (image.data()[i] + e);
                    }
                    float[] other = gradient(network, noisy);
                    figures.add(metric.figure(neighbours, trial.map().data(), noisy, other));
                }
                double expected = QuantusScores.of(theirs, "grad" + number);
                assertEquals(expected, metric.summary(figures), tolerance * expected);
            }
        }
    }

    private static float[] gradient(ResNet network, Tensor image) {
        AttributionMethod method = AttributionMethods.named("Gradient");
        Problem problem =
                new Problem(
                        network.classifier,
                        image,
                        Integer.toString(ResNet.CLASS),
                        new Baseline.Constant(0),
                        Settings.of(method.declaration().options(), Map.of()));
        return method.attribute(problem, Progress.NONE).map().data();
    }
}
