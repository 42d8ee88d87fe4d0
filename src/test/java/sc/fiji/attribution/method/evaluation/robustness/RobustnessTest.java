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

    @Test
    void figuresOfALinearNetwork() {
        LinearScore score = new LinearScore(1, "bzyxc", 1, 3, 4, 5, 2);
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
        for (int sample = 0; sample < trial.samples(); sample++) {
            double change = 0;
            double length = 0;
            double noise = 0;
            for (int i = 0; i < x.length; i++) {
                double e = Neighbours.RADIUS * (high - low) * (2 * random.nextDouble() - 1);
                change += Math.pow(score.weights[i] * e, 2);
                length += Math.pow(trial.map().data()[i], 2);
                noise += e * e;
            }
            largest = Math.max(largest, Math.sqrt(change / length));
            mean += Math.sqrt(change / length) / trial.samples();
            lipschitz = Math.max(lipschitz, Math.sqrt(change / noise));
        }
        assertEquals(largest, of("Max Sensitivity", trial), 1e-5);
        assertEquals(mean, of("Average Sensitivity", trial), 1e-5);
        assertEquals(lipschitz, of("Local Lipschitz", trial), 1e-5);
        assertTrue(of("Relative Input Stability", trial) > 0);
        assertTrue(of("Relative Output Stability", trial) > 0);
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

    /** Quantus' noise and network; its gradients are of double precision, ours of single. */
    @Test
    void figuresOfQuantus() {
        try (ResNet network = new ResNet()) {
            AttributionMethod method = AttributionMethods.named("Gradient");
            Npy noise = Npy.read(Resources.shared("golden/quantus").resolve("noise_uniform01.npy"));
            Tensor image = network.image(0);
            Trial trial = network.trial(0, false);
            List<Double> figures = new ArrayList<>();
            for (int sample = 0; sample < 8; sample++) {
                Tensor noisy = image.copy();
                for (int i = 0; i < image.length(); i++) {
                    double u = noise.values()[sample * image.length() + i];
                    noisy.data()[i] = (float) (image.data()[i] - 0.2 + 0.4 * u);
                }
                Problem problem =
                        new Problem(
                                network.classifier,
                                noisy,
                                Integer.toString(ResNet.CLASS),
                                new Baseline.Constant(0),
                                Settings.of(method.declaration().options(), Map.of()));
                float[] other = method.attribute(problem, Progress.NONE).map().data();
                figures.add(
                        new MaxSensitivity()
                                .figure(new Neighbours(trial), trial.map().data(), noisy, other));
            }
            assertEquals(
                    QuantusScores.of("MaxSensitivity/full", "grad0"),
                    new MaxSensitivity().summary(figures),
                    1e-4);
            assertEquals(
                    QuantusScores.of("AvgSensitivity/full", "grad0"),
                    new AverageSensitivity().summary(figures),
                    1e-4);
        }
    }
}
