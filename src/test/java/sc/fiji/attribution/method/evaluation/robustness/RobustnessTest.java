/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.robustness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.evaluation.LinearScore;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.method.evaluation.Trial;

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
}
