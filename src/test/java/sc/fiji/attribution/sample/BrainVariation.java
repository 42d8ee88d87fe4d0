/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import java.util.Random;

/**
 * How one brain differs from the template: pose, size, a smooth deformation, and how its tissue
 * maps came out. Healthy brains and those with lesions are drawn alike.
 */
final class BrainVariation {

    /** Distance between the deformation's control points, mm. */
    private static final double SPACING = 25;

    /** Standard deviation of a control point's displacement per axis, mm. */
    private static final double DISPLACEMENT = 3;

    private static final int POINTS = 14;

    private final double[] pose = new double[9];
    private final double[] shift = new double[3];
    private final float[][] control = new float[3][POINTS * POINTS * POINTS];

    /** Share of white matter taken for grey, and of grey for white. */
    final double whiteToGrey;

    final double greyToWhite;

    /** Exponent of the probabilities: above 1 sharper, below 1 duller. */
    final double sharpness;

    /** Weight of each neighbour along an axis in a three-point blur. */
    final double blur;

    /** Standard deviation of the noise, as a probability. */
    final double noise;

    final long noiseSeed;

    BrainVariation(long seed) {
        Random random = new Random(seed);
        // Turns of a few degrees; sizes of a few per cent, each axis on its own.
        double a = 0.05 * random.nextGaussian();
        double b = 0.04 * random.nextGaussian();
        double c = 0.04 * random.nextGaussian();
        double[] turn = {
            Math.cos(a) * Math.cos(b),
            -Math.sin(a),
            Math.sin(b),
            Math.sin(a),
            Math.cos(a) * Math.cos(c),
            -Math.sin(c),
            -Math.sin(b),
            Math.sin(c),
            Math.cos(b) * Math.cos(c)
        };
        double whole = 0.02 * random.nextGaussian();
        for (int axis = 0; axis < 3; axis++) {
            double scale = 1 / Math.exp(whole + 0.02 * random.nextGaussian() - 0.02);
            for (int row = 0; row < 3; row++) {
                pose[3 * row + axis] = turn[3 * row + axis] * scale;
            }
            shift[axis] = random.nextGaussian();
        }
        for (float[] axis : control) {
            for (int i = 0; i < axis.length; i++) {
                axis[i] = (float) (DISPLACEMENT * random.nextGaussian());
            }
        }
        whiteToGrey = 0.06 * random.nextDouble();
        greyToWhite = 0.06 * random.nextDouble();
        sharpness = Math.exp(0.15 * random.nextGaussian());
        blur = 0.1 * random.nextDouble();
        noise = 0.005 + 0.015 * random.nextDouble();
        noiseSeed = random.nextLong();
    }

    /**
     * Where in the template a place of this brain comes from.
     *
     * @param world mm from the middle of the brain; replaced by the template's mm
     */
    void toTemplate(double[] world) {
        double[] at = world.clone();
        double[] weightX = new double[4];
        double[] weightY = new double[4];
        double[] weightZ = new double[4];
        int x = spline(at[0], weightX);
        int y = spline(at[1], weightY);
        int z = spline(at[2], weightZ);
        for (int axis = 0; axis < 3; axis++) {
            double sum = 0;
            for (int k = 0; k < 4; k++) {
                for (int j = 0; j < 4; j++) {
                    int row = POINTS * (y + j + POINTS * (z + k)) + x;
                    double weight = weightY[j] * weightZ[k];
                    for (int i = 0; i < 4; i++) {
                        sum += weight * weightX[i] * control[axis][row + i];
                    }
                }
            }
            world[axis] =
                    pose[3 * axis] * at[0]
                            + pose[3 * axis + 1] * at[1]
                            + pose[3 * axis + 2] * at[2]
                            + shift[axis]
                            + sum;
        }
    }

    /** Weights of the four control points of a cubic B-spline; the result is the first's index. */
    private static int spline(double mm, double[] weight) {
        double position = mm / SPACING + POINTS / 2.0;
        int first = Math.max(1, Math.min(POINTS - 3, (int) Math.floor(position)));
        double t = position - first;
        weight[0] = (1 - t) * (1 - t) * (1 - t) / 6;
        weight[1] = (3 * t * t * t - 6 * t * t + 4) / 6;
        weight[2] = (-3 * t * t * t + 3 * t * t + 3 * t + 1) / 6;
        weight[3] = t * t * t / 6;
        return first - 1;
    }
}
