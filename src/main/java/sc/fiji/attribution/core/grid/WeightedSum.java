/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.grid;

/**
 * Many sums of a few numbers each, all with the same weights: added up in double precision, in the
 * order of the weights, and rounded once. Few weights have a loop of their own, without a loop
 * within that would take longer than the sum. What lies side by side has loops of its own too: only
 * of those does the compiler know which values are read next.
 */
final class WeightedSum {

    private WeightedSum() {}

    /**
     * Sums of what lies a row apart, of neighbour after neighbour.
     *
     * @param at where the first number of the first sum lies
     * @param row from a number of a sum to its next one
     * @param target where the first result goes
     */
    static void ofRows(
            double[] weights, float[] from, int at, int row, float[] to, int target, int count) {
        switch (weights.length) {
            case 1 -> one(weights[0], from, at, to, target, count);
            case 2 -> two(weights[0], weights[1], from, at, row, to, target, count);
            case 3 -> three(weights, from, at, row, to, target, count);
            case 4 -> four(weights, from, at, row, to, target, count);
            default -> {
                for (int k = 0; k < count; k++) {
                    to[target + k] = (float) sum(weights, from, at + k, row);
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
            double a, double b, float[] from, int at, int row, float[] to, int target, int count) {
        int second = at + row;
        for (int k = 0; k < count; k++) {
            to[target + k] = (float) (0.0 + a * from[at + k] + b * from[second + k]);
        }
    }

    private static void three(
            double[] weights, float[] from, int at, int row, float[] to, int target, int count) {
        double a = weights[0];
        double b = weights[1];
        double c = weights[2];
        int second = at + row;
        int third = second + row;
        for (int k = 0; k < count; k++) {
            to[target + k] =
                    (float) (0.0 + a * from[at + k] + b * from[second + k] + c * from[third + k]);
        }
    }

    private static void four(
            double[] weights, float[] from, int at, int row, float[] to, int target, int count) {
        double a = weights[0];
        double b = weights[1];
        double c = weights[2];
        double d = weights[3];
        int second = at + row;
        int third = second + row;
        int fourth = third + row;
        for (int k = 0; k < count; k++) {
            to[target + k] =
                    (float)
                            (0.0
                                    + a * from[at + k]
                                    + b * from[second + k]
                                    + c * from[third + k]
                                    + d * from[fourth + k]);
        }
    }

    /**
     * Sums of neighbours, row after row.
     *
     * @param at where the first number of the first sum lies
     * @param row from the first number of a sum to that of the next sum
     * @param apart from a result to the next one
     */
    static void ofNeighbours(
            double[] weights,
            float[] from,
            int at,
            int row,
            float[] to,
            int target,
            int apart,
            int count) {
        switch (weights.length) {
            case 2 -> {
                double a = weights[0];
                double b = weights[1];
                for (int k = 0, p = at; k < count; k++, p += row) {
                    to[target + k * apart] = (float) (0.0 + a * from[p] + b * from[p + 1]);
                }
            }
            case 4 -> {
                double a = weights[0];
                double b = weights[1];
                double c = weights[2];
                double d = weights[3];
                for (int k = 0, p = at; k < count; k++, p += row) {
                    to[target + k * apart] =
                            (float)
                                    (0.0
                                            + a * from[p]
                                            + b * from[p + 1]
                                            + c * from[p + 2]
                                            + d * from[p + 3]);
                }
            }
            default -> {
                for (int k = 0; k < count; k++) {
                    to[target + k * apart] = (float) sum(weights, from, at + k * row, 1);
                }
            }
        }
    }

    private static double sum(double[] weights, float[] from, int at, int step) {
        double sum = 0;
        for (int j = 0; j < weights.length; j++) {
            sum += weights[j] * from[at + j * step];
        }
        return sum;
    }
}
