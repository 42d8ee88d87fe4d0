/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import java.util.Random;

/**
 * How a brain differs from the template: turned by some degrees, moved by a mm, stretched by some
 * per cent, and smoothly deformed by a cubic B-spline with control points 25 mm apart.
 */
final class Deformation {

    /** Distance between control points, mm. */
    private static final double SPACING = 25;

    /** Standard deviation of a control point's displacement per axis, mm. */
    private static final double DISPLACEMENT = 3;

    private static final int POINTS = 14;

    /** The template itself. */
    static final Deformation NONE = new Deformation();

    private final double[] pose = new double[9];
    private final double[] shift = new double[3];
    private final float[][] control = new float[3][POINTS * POINTS * POINTS];

    private Deformation() {
        pose[0] = 1;
        pose[4] = 1;
        pose[8] = 1;
    }

    Deformation(long seed) {
        Random random = new Random(seed);
        double a = 0.05 * random.nextGaussian();
        double b = 0.04 * random.nextGaussian();
        double c = 0.04 * random.nextGaussian();
        double[] turn = product(rotation(0, 1, a), product(rotation(0, 2, b), rotation(1, 2, c)));
        double whole = 0.02 * random.nextGaussian();
        for (int axis = 0; axis < 3; axis++) {
            double scale = 1 / StrictMath.exp(whole + 0.02 * random.nextGaussian() - 0.02);
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
    }

    private static double[] rotation(int from, int to, double angle) {
        double[] turn = {1, 0, 0, 0, 1, 0, 0, 0, 1};
        turn[4 * from] = StrictMath.cos(angle);
        turn[4 * to] = StrictMath.cos(angle);
        turn[3 * from + to] = -StrictMath.sin(angle);
        turn[3 * to + from] = StrictMath.sin(angle);
        return turn;
    }

    private static double[] product(double[] a, double[] b) {
        double[] product = new double[9];
        for (int i = 0; i < 9; i++) {
            for (int k = 0; k < 3; k++) {
                product[i] += a[i / 3 * 3 + k] * b[3 * k + i % 3];
            }
        }
        return product;
    }

    /**
     * Where in the template a place of this brain comes from.
     *
     * @param mm from the middle of the brain; replaced by mm from the middle of the template's
     */
    void toTemplate(double[] mm) {
        double[] at = mm.clone();
        double[][] weight = new double[3][4];
        int x = spline(at[0], weight[0]);
        int y = spline(at[1], weight[1]);
        int z = spline(at[2], weight[2]);
        for (int axis = 0; axis < 3; axis++) {
            double sum = 0;
            for (int k = 0; k < 4; k++) {
                for (int j = 0; j < 4; j++) {
                    int row = POINTS * (y + j + POINTS * (z + k)) + x;
                    double product = weight[1][j] * weight[2][k];
                    for (int i = 0; i < 4; i++) {
                        sum += product * weight[0][i] * control[axis][row + i];
                    }
                }
            }
            mm[axis] =
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
