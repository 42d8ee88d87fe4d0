/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.util.Arrays;
import java.util.Random;

/**
 * Finite differences of one logit along random directions, in double precision, against its
 * gradient. A network of ReLUs has kinks: where the slopes to either side disagree at the longest
 * step a shorter one is tried, which meets fewer of them; where they disagree at the shortest the
 * direction counts as a kink and says nothing.
 *
 * @param smooth directions that were compared
 * @param kinks directions that were not
 * @param worst largest error over the gradient's size along a typical direction
 */
public record Directions(int smooth, int kinks, double worst) {

    private static final int COUNT = 20;

    /** As shares of the image's root mean square. */
    private static final double[] STEPS = {1e-5, 1e-6, 1e-7};

    /** How far the slopes to either side may differ. */
    private static final double BEND = 1e-3;

    public static Directions compare(
            ModelSession twin, int[] shape, float[] image, int logit, float[] gradient) {
        Random random = new Random(7);
        int smooth = 0;
        double worst = 0;
        double rms = Math.sqrt(squares(image) / image.length);
        for (int d = 0; d < COUNT; d++) {
            double[] direction = new double[image.length];
            double slope = 0;
            double expected = 0;
            for (int i = 0; i < direction.length; i++) {
                direction[i] = rms * random.nextGaussian();
                slope += gradient[i] * direction[i];
                expected += Math.pow(gradient[i] * direction[i], 2);
            }
            double scale = Math.max(Math.abs(slope), Math.sqrt(expected));
            for (double step : STEPS) {
                double low = at(twin, shape, image, direction, -step, logit);
                double middle = at(twin, shape, image, direction, 0, logit);
                double high = at(twin, shape, image, direction, step, logit);
                double bend = Math.abs(high - 2 * middle + low) / step;
                if (bend < BEND * scale) {
                    smooth++;
                    worst = Math.max(worst, Math.abs((high - low) / (2 * step) - slope) / scale);
                    break;
                }
            }
        }
        return new Directions(smooth, COUNT - smooth, worst);
    }

    private static double at(
            ModelSession twin,
            int[] shape,
            float[] image,
            double[] direction,
            double step,
            int logit) {
        double[] moved = new double[image.length];
        Arrays.setAll(moved, i -> image[i] + step * direction[i]);
        return twin.logits(shape, moved)[logit];
    }

    private static double squares(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return sum;
    }
}
