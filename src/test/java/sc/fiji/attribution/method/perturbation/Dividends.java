/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.Arrays;

/**
 * Shapley values by another formula than the methods': the sum over the sets with a player of the
 * set's dividend divided by its size. Harsanyi, A Simplified Bargaining Model for the n-Person
 * Cooperative Game, 1963.
 */
final class Dividends {

    private Dividends() {}

    /**
     * @param v of each set; bit i of its number says whether player i is in
     */
    static double[] shapleyValues(int players, float[] v) {
        double[] dividends = new double[v.length];
        Arrays.setAll(dividends, s -> v[s]);
        for (int i = 0; i < players; i++) {
            for (int s = 0; s < v.length; s++) {
                dividends[s] -= (s >> i & 1) == 1 ? dividends[s ^ 1 << i] : 0;
            }
        }
        double[] values = new double[players];
        for (int s = 1; s < v.length; s++) {
            for (int i = 0; i < players; i++) {
                values[i] += (s >> i & 1) == 1 ? dividends[s] / Integer.bitCount(s) : 0;
            }
        }
        return values;
    }

    /** How far apart the values of all sets lie. */
    static double range(float[] v) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (float value : v) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        return high - low;
    }
}
