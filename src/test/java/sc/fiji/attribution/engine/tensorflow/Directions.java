/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.util.Arrays;
import java.util.Random;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;

/**
 * Finite differences of one logit along random directions, against its gradient. A network of ReLUs
 * has kinks: where the differences to either side, of a step and of half that step, disagree at
 * every step that stands out of float32's rounding, the direction counts as a kink and says
 * nothing. Directions change one random voxel in eight, which crosses fewer kinks than changing
 * them all.
 *
 * @param smooth directions that were compared
 * @param kinks directions that were not
 * @param worst largest error over the gradient's size along a typical direction
 */
record Directions(int smooth, int kinks, double worst) {

    private static final int COUNT = 20;
    private static final double[] STEPS = {1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2};

    static Directions compare(Classifier classifier, Tensor x, int logit, float[] gradient) {
        Random random = new Random(7);
        int smooth = 0;
        double worst = 0;
        double rms = norm(x.data()) / Math.sqrt(x.length());
        for (int d = 0; d < COUNT; d++) {
            double[] direction =
                    random.doubles(x.length(), -8, 8)
                            .map(v -> Math.abs(v) < 1 ? v * rms : 0)
                            .toArray();
            double slope = 0;
            double length = 0;
            for (int i = 0; i < direction.length; i++) {
                slope += gradient[i] * direction[i];
                length += direction[i] * direction[i];
            }
            double typical = norm(gradient) * Math.sqrt(length / direction.length);
            double scale = Math.max(Math.abs(slope), typical);
            for (double step : STEPS) {
                double[] f = along(classifier, x, direction, step, logit);
                double central = (f[4] - f[0]) / (2 * step);
                // The shortest step that stands out of rounding crosses the fewest kinks.
                if (3e-7 * Math.max(1, Math.abs(f[2])) / step > 1e-3 * scale) {
                    continue;
                }
                if (bend(f, step) < 6e-3 * scale) {
                    worst = Math.max(worst, Math.abs(central - slope) / scale);
                    smooth++;
                }
                break;
            }
        }
        return new Directions(smooth, COUNT - smooth, worst);
    }

    /** Largest difference of the four one-sided slopes. */
    private static double bend(double[] f, double step) {
        double[] slopes = {
            (f[2] - f[0]) / step,
            (f[2] - f[1]) / (step / 2),
            (f[3] - f[2]) / (step / 2),
            (f[4] - f[2]) / step
        };
        Arrays.sort(slopes);
        return slopes[3] - slopes[0];
    }

    /** The logit one step and half a step to either side, and at the image itself, in order. */
    private static double[] along(
            Classifier classifier, Tensor x, double[] direction, double step, int logit) {
        double[] offsets = {-step, -step / 2, 0, step / 2, step};
        int[] shape = x.shape().clone();
        int n = x.length();
        shape[x.axes().indexOf('b')] = offsets.length;
        float[] batch = new float[offsets.length * n];
        for (int k = 0; k < offsets.length; k++) {
            for (int i = 0; i < n; i++) {
                batch[k * n + i] = (float) (x.data()[i] + offsets[k] * direction[i]);
            }
        }
        float[][] z = classifier.logits(new Tensor(x.axes(), shape, batch));
        return Arrays.stream(z).mapToDouble(row -> row[logit]).toArray();
    }

    private static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}
