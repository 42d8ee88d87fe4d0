/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.grid;

/**
 * Many sums of a few numbers each, all with the same weights: added up in double precision, in the
 * order of the weights, and rounded once. Few weights have a loop of their own, without a loop
 * within that would take longer than the sum.
 */
final class WeightedSum {

    private WeightedSum() {}

    /**
     * Sums of numbers that lie a row apart, of neighbour after neighbour.
     *
     * @param at where the first number of the first sum lies
     * @param row from a number of a sum to its next one
     */
    static void ofRows(
            double[] weights, float[] from, int at, int row, float[] to, int target, int count) {
        switch (weights.length) {
            case 1 -> one(weights[0], from, at, to, target, count);
            case 2 -> two(weights[0], weights[1], from, at, at + row, to, target, count);
            case 3 -> three(weights, from, at, row, to, target, count);
            case 4 -> four(weights, from, at, row, to, target, count);
            default -> {
                for (int k = 0; k < count; k++) {
                    to[target + k] = many(weights, from, at + k, row);
                }
            }
        }
    }

    private static void one(double a, float[] from, int at, float[] to, int target, int count) {
        for (int k = 0; k < count; k++) {
            to[target + k] = (float) (0.0 + a * from[at + k]);
        }
    }

    private static void two(
            double a, double b, float[] from, int p, int q, float[] to, int target, int count) {
        for (int k = 0; k < count; k++) {
            to[target + k] = (float) (0.0 + a * from[p + k] + b * from[q + k]);
        }
    }

    private static void three(
            double[] w, float[] from, int p, int row, float[] to, int target, int count) {
        double a = w[0];
        double b = w[1];
        double c = w[2];
        int q = p + row;
        int r = q + row;
        for (int k = 0; k < count; k++) {
            to[target + k] = (float) (0.0 + a * from[p + k] + b * from[q + k] + c * from[r + k]);
        }
    }

    private static void four(
            double[] w, float[] from, int p, int row, float[] to, int target, int count) {
        double a = w[0];
        double b = w[1];
        double c = w[2];
        double d = w[3];
        int q = p + row;
        int r = q + row;
        int s = r + row;
        for (int k = 0; k < count; k++) {
            to[target + k] =
                    (float)
                            (0.0
                                    + a * from[p + k]
                                    + b * from[q + k]
                                    + c * from[r + k]
                                    + d * from[s + k]);
        }
    }

    private static float many(double[] weights, float[] from, int at, int step) {
        double sum = 0;
        for (int j = 0; j < weights.length; j++) {
            sum += weights[j] * from[at + j * step];
        }
        return (float) sum;
    }

    /**
     * Sums of neighbours, row after row.
     *
     * @param at where the first number of the first sum lies
     * @param row from there to the first of the next sum
     * @param step from the place of a result to that of the next
     */
    static void ofNeighbours(
            double[] weights,
            float[] from,
            int at,
            int row,
            float[] to,
            int target,
            int step,
            int count) {
        switch (weights.length) {
            case 2 -> pairs(weights[0], weights[1], from, at, row, to, target, step, count);
            case 3 -> threes(weights, from, at, row, to, target, step, count);
            case 4 -> fours(weights, from, at, row, to, target, step, count);
            default -> {
                for (int k = 0; k < count; k++) {
                    to[target + k * step] = many(weights, from, at + k * row, 1);
                }
            }
        }
    }

    private static void pairs(
            double a,
            double b,
            float[] from,
            int at,
            int row,
            float[] to,
            int target,
            int step,
            int count) {
        for (int k = 0; k < count; k++) {
            int p = at + k * row;
            to[target + k * step] = (float) (0.0 + a * from[p] + b * from[p + 1]);
        }
    }

    private static void threes(
            double[] w, float[] from, int at, int row, float[] to, int target, int step, int n) {
        double a = w[0];
        double b = w[1];
        double c = w[2];
        for (int k = 0; k < n; k++) {
            int p = at + k * row;
            to[target + k * step] = (float) (0.0 + a * from[p] + b * from[p + 1] + c * from[p + 2]);
        }
    }

    private static void fours(
            double[] w, float[] from, int at, int row, float[] to, int target, int step, int n) {
        double a = w[0];
        double b = w[1];
        double c = w[2];
        double d = w[3];
        for (int k = 0; k < n; k++) {
            int p = at + k * row;
            to[target + k * step] =
                    (float)
                            (0.0
                                    + a * from[p]
                                    + b * from[p + 1]
                                    + c * from[p + 2]
                                    + d * from[p + 3]);
        }
    }
}
