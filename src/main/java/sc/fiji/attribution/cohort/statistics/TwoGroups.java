/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import org.apache.commons.math3.distribution.TDistribution;

/**
 * The difference of the means of two independent groups.
 *
 * @param difference mean of the first minus mean of the second
 * @param t by Welch, or pooled; NaN where neither group varies
 * @param degrees of freedom, by Welch and Satterthwaite or pooled
 * @param p two-sided
 * @param low end of the difference's 95 % interval
 * @param high end of it
 */
public record TwoGroups(
        double difference, double t, double degrees, double p, double low, double high) {

    /** Without assuming that both vary alike (Welch 1947). */
    public static TwoGroups welch(double[] first, double[] second) {
        double a = variance(first) / first.length;
        double b = variance(second) / second.length;
        double degrees =
                (a + b) * (a + b) / (a * a / (first.length - 1) + b * b / (second.length - 1));
        return of(mean(first) - mean(second), Math.sqrt(a + b), degrees);
    }

    /** Student's: both groups have the same variance. */
    public static TwoGroups pooled(double[] first, double[] second) {
        int degrees = first.length + second.length - 2;
        double variance =
                ((first.length - 1) * variance(first) + (second.length - 1) * variance(second))
                        / degrees;
        double error = Math.sqrt(variance * (1.0 / first.length + 1.0 / second.length));
        return of(mean(first) - mean(second), error, degrees);
    }

    private static TwoGroups of(double difference, double error, double degrees) {
        if (!(error > 0) || !(degrees > 0)) {
            return new TwoGroups(
                    difference, Double.NaN, degrees, Double.NaN, Double.NaN, Double.NaN);
        }
        double t = difference / error;
        double p = 2 * new TDistribution(degrees).cumulativeProbability(-Math.abs(t));
        double half = Estimate.student(degrees) * error;
        return new TwoGroups(difference, t, degrees, p, difference - half, difference + half);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static double variance(double[] values) {
        double mean = mean(values);
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return squares / (values.length - 1);
    }
}
