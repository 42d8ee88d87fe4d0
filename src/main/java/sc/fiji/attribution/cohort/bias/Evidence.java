/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.bias;

import sc.fiji.attribution.cohort.statistics.Estimate;

/**
 * One line of {@code bias.csv}; numbers that a test does not have are NaN.
 *
 * @param test what was looked at
 * @param statistic its size, with the units of the score or as a share
 * @param share of the confound in what the score tells apart, 0 to 1
 * @param p of the permutation test
 * @param low end of the statistic's 95 % interval
 * @param high end of it
 * @param n subjects that it rests on
 * @param verdict in words
 */
public record Evidence(
        String test,
        double statistic,
        double share,
        double p,
        double low,
        double high,
        int n,
        String verdict) {

    /** A number with its interval. */
    public static Evidence of(String test, Estimate estimate, String verdict) {
        return new Evidence(
                test,
                estimate.value(),
                Double.NaN,
                Double.NaN,
                estimate.low(),
                estimate.high(),
                estimate.n(),
                verdict);
    }

    /** What cannot be computed, and why. */
    public static Evidence none(String test, int n, String why) {
        double none = Double.NaN;
        return new Evidence(test, none, none, none, none, none, n, why);
    }
}
