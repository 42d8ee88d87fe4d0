/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.Random;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;

/**
 * Finite differences of one logit along random directions, against its gradient. A network of ReLUs
 * has kinks: where the differences to either side, of a step and of half that step, disagree at
 * every step that stands out of float32's rounding, the direction counts as a kink and says
 * nothing. Directions change few voxels, and fewer where there is a kink, since that crosses fewer.
 *
 * @param smooth directions that were compared
 * @param kinks directions that were not
 * @param worst largest error over the gradient's size along a typical direction
 */
record Directions(int smooth, int kinks, double worst) {

    private static final int COUNT = 20;

    /** Which share of the voxels a direction changes. */
    private static final double[] SHARES = {1 / 8.0, 1 / 64.0, 1 / 512.0};

    private static final double[] STEPS = {1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1};

    static Directions compare(Classifier classifier, Tensor x, int logit, float[] gradient) {
        Random random = new Random(7);
        int smooth = 0;
        double worst = 0;
        double rms = norm(x.data()) / Math.sqrt(x.length());
        for (int d = 0; d < COUNT; d++) {
            OptionalDouble error = OptionalDouble.empty();
            for (int i = 0; i < SHARES.length && error.isEmpty(); i++) {
                double share = SHARES[i];
                double[] direction =
                        random.doubles(x.length(), -1, 1)
                                .map(v -> Math.abs(v) < share ? v / share * rms : 0)
                                .toArray();
                error = error(classifier, x, logit, gradient, direction);
            }
            smooth += error.isPresent() ? 1 : 0;
            worst = Math.max(worst, error.orElse(0));
        }
        return new Directions(smooth, COUNT - smooth, worst);
    }

    /** Relative error along one direction; empty where there is a kink. */
    private static OptionalDouble error(
            Classifier classifier, Tensor x, int logit, float[] gradient, double[] direction) {
        double slope = 0;
        double squares = 0;
        for (int i = 0; i < direction.length; i++) {
            slope += gradient[i] * direction[i];
            squares += Math.pow(gradient[i] * direction[i], 2);
        }
        double scale = Math.max(Math.abs(slope), Math.sqrt(squares));
        for (double step : STEPS) {
            double[] f = along(classifier, x, direction, step, logit);
            // The shortest step that stands out of rounding crosses the fewest kinks.
            if (scale > 0 && 3e-7 * Math.max(1, Math.abs(f[2])) / step < 1e-3 * scale) {
                double central = (f[4] - f[0]) / (2 * step);
                return bend(f, step) < 6e-3 * scale
                        ? OptionalDouble.of(Math.abs(central - slope) / scale)
                        : OptionalDouble.empty();
            }
        }
        return OptionalDouble.empty();
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
