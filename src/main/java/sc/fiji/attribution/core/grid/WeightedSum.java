/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.grid;

/**
 * Many sums of a few numbers each, all with the same weights: added up in double precision, in the
 * order of the weights, and rounded once. Few weights have a loop of their own, without a loop
 * within that would take longer than the sum.
 *
 * @param step from a number of a sum to its next one
 * @param next from the first number of a sum to that of the next sum
 * @param apart from a result to the next one
 */
record WeightedSum(int step, int next, int apart) {

    /** Sums of what lies a row apart, of neighbour after neighbour. */
    static WeightedSum ofRows(int row) {
        return new WeightedSum(row, 1, 1);
    }

    /** Sums of neighbours, row after row. */
    static WeightedSum ofNeighbours(int row, int apart) {
        return new WeightedSum(1, row, apart);
    }

    /**
     * @param at where the first number of the first sum lies
     * @param target where the first result goes
     */
    void add(double[] weights, float[] from, int at, float[] to, int target, int count) {
        switch (weights.length) {
            case 1 -> one(weights[0], from, at, to, target, count);
            case 2 -> two(weights[0], weights[1], from, at, to, target, count);
            case 3 -> three(weights, from, at, to, target, count);
            case 4 -> four(weights, from, at, to, target, count);
            default -> many(weights, from, at, to, target, count);
        }
    }

    private void one(double a, float[] from, int at, float[] to, int target, int count) {
        for (int k = 0; k < count; k++) {
            to[target + k * apart] = (float) (0.0 + a * from[at + k * next]);
        }
    }

    private void two(double a, double b, float[] from, int at, float[] to, int target, int count) {
        for (int k = 0; k < count; k++) {
            int p = at + k * next;
            to[target + k * apart] = (float) (0.0 + a * from[p] + b * from[p + step]);
        }
    }

    private void three(double[] w, float[] from, int at, float[] to, int target, int count) {
        double a = w[0];
        double b = w[1];
        double c = w[2];
        for (int k = 0; k < count; k++) {
            int p = at + k * next;
            to[target + k * apart] =
                    (float) (0.0 + a * from[p] + b * from[p + step] + c * from[p + 2 * step]);
        }
    }

    private void four(double[] w, float[] from, int at, float[] to, int target, int count) {
        double a = w[0];
        double b = w[1];
        double c = w[2];
        double d = w[3];
        for (int k = 0; k < count; k++) {
            int p = at + k * next;
            to[target + k * apart] =
                    (float)
                            (0.0
                                    + a * from[p]
                                    + b * from[p + step]
                                    + c * from[p + 2 * step]
                                    + d * from[p + 3 * step]);
        }
    }

    private void many(double[] weights, float[] from, int at, float[] to, int target, int count) {
        for (int k = 0; k < count; k++) {
            double sum = 0;
            for (int j = 0; j < weights.length; j++) {
                sum += weights[j] * from[at + k * next + j * step];
            }
            to[target + k * apart] = (float) sum;
        }
    }
}
