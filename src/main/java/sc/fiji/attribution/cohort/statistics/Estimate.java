/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import java.util.Arrays;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/**
 * A number with its 95 % interval.
 *
 * @param value NaN where it cannot be computed
 * @param low NaN where there is no interval
 * @param high NaN where there is no interval
 * @param n number of subjects that it is computed from
 */
public record Estimate(double value, double low, double high, int n) {

    /** Two-sided 95 % quantile of the normal distribution. */
    static final double Z = new NormalDistribution().inverseCumulativeProbability(0.975);

    /** What cannot be computed. */
    public static Estimate none(int n) {
        return new Estimate(Double.NaN, Double.NaN, Double.NaN, n);
    }

    /**
     * A proportion with Wilson's interval (Wilson 1927), which holds for few subjects and for 0 and
     * 100 % too.
     */
    public static Estimate proportion(int hits, int n) {
        if (n == 0) {
            return none(0);
        }
        double p = (double) hits / n;
        double square = Z * Z;
        double centre = (p + square / (2 * n)) / (1 + square / n);
        double half = Z / (1 + square / n) * Math.sqrt(p * (1 - p) / n + square / (4.0 * n * n));
        return new Estimate(
                p,
                hits == 0 ? 0 : Math.max(0, centre - half),
                hits == n ? 1 : Math.min(1, centre + half),
                n);
    }

    /**
     * The mean of independent estimates; the interval by the distances of theirs (MOVER: Zou and
     * Donner 2008). None of none, or where one is missing.
     */
    public static Estimate meanOf(Estimate... parts) {
        double value = 0;
        double below = 0;
        double above = 0;
        int n = 0;
        for (Estimate part : parts) {
            value += part.value / parts.length;
            below += square((part.value - part.low) / parts.length);
            above += square((part.high - part.value) / parts.length);
            n += part.n;
        }
        return parts.length == 0
                ? none(0)
                : new Estimate(value, value - Math.sqrt(below), value + Math.sqrt(above), n);
    }

    /** The same with an interval that reaches no further than is possible. */
    public Estimate within(double least, double most) {
        return new Estimate(value, Math.max(least, low), Math.min(most, high), n);
    }

    /** The mean of values with Student's interval. */
    public static Estimate mean(double[] values) {
        int n = values.length;
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        if (n < 2) {
            return new Estimate(mean, Double.NaN, Double.NaN, n);
        }
        double squares = Arrays.stream(values).map(v -> square(v - mean)).sum();
        double half = student(n - 1) * Math.sqrt(squares / (n - 1) / n);
        return new Estimate(mean, mean - half, mean + half, n);
    }

    /**
     * A statistic with the percentile interval of 1,000 bootstrap samples of the subjects, drawn
     * from a fixed seed.
     *
     * @param statistic of the subjects with these places, which may come several times
     */
    public static Estimate bootstrap(int n, ToDoubleFunction<int[]> statistic) {
        if (n == 0) {
            return none(0);
        }
        int[] places = new int[n];
        Arrays.setAll(places, i -> i);
        double value = statistic.applyAsDouble(places);
        Random random = new Random(n);
        double[] samples = new double[1000];
        for (int i = 0; i < samples.length; i++) {
            for (int k = 0; k < n; k++) {
                places[k] = random.nextInt(n);
            }
            samples[i] = statistic.applyAsDouble(places);
        }
        double[] finite = Arrays.stream(samples).filter(Double::isFinite).toArray();
        if (n < 2 || finite.length < samples.length / 2) {
            return new Estimate(value, Double.NaN, Double.NaN, n);
        }
        Percentile percentile = new Percentile();
        percentile.setData(finite);
        return new Estimate(value, percentile.evaluate(2.5), percentile.evaluate(97.5), n);
    }

    /** Pearson's correlation with Fisher's interval (Fisher 1921), for four pairs or more. */
    public static Estimate correlation(double[] x, double[] y) {
        int n = x.length;
        double r = n < 2 ? Double.NaN : new PearsonsCorrelation().correlation(x, y);
        if (n < 4 || !Double.isFinite(r)) {
            return new Estimate(r, Double.NaN, Double.NaN, n);
        }
        double z = 0.5 * Math.log((1 + r) / (1 - r));
        double half = Z / Math.sqrt(n - 3);
        return new Estimate(r, Math.tanh(z - half), Math.tanh(z + half), n);
    }

    /** The two-sided 95 % quantile of Student's distribution. */
    public static double student(double degrees) {
        return new TDistribution(degrees).inverseCumulativeProbability(0.975);
    }

    private static double square(double value) {
        return value * value;
    }
}
