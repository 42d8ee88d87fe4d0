/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.Arrays;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * The 95 % interval of a mean over images, which never leaves what the figure can be: all means μ
 * with (mean − μ)² ≤ t²·φ·V(μ) ÷ n, where t is Student's quantile, the variance function V is the
 * product of μ's distances from the finite ends of the range, and φ the images' variance over
 * V(mean). Of shares of hits that is Wilson's interval (1927), of a figure without ends Student's;
 * between the two see Wedderburn 1974, Biometrika 61. Where all images agree nothing is known of
 * how they differ: then the most that two ends allow is taken, and without two ends there is none.
 *
 * @param low NaN where there is no interval
 * @param high NaN where there is no interval
 */
public record Interval(double low, double high) {

    /** Of fewer than two images. */
    public static final Interval NONE = new Interval(Double.NaN, Double.NaN);

    /**
     * @param values one an image, within the range
     * @param least end of the range, may be -infinite
     * @param most end of the range, may be infinite
     */
    public static Interval of(double[] values, double least, double most) {
        int n = values.length;
        if (n < 2) {
            return NONE;
        }
        double mean = Arrays.stream(values).average().orElseThrow();
        double variance = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (n - 1);
        boolean from = !Double.isInfinite(least);
        boolean to = !Double.isInfinite(most);
        double below = from ? Math.max(0, mean - least) : 1;
        double above = to ? Math.max(0, most - mean) : 1;
        boolean agree = variance <= 1e-24 * Math.max(1, mean * mean) || below * above == 0;
        if (agree && !(from && to)) {
            return NONE;
        }
        double spread = agree ? n / (n - 1.0) : variance / (below * above);
        double t = new TDistribution(n - 1).inverseCumulativeProbability(0.975);
        double c = t * t * spread / n;
        if (from && to) {
            double middle = (2 * mean + c * (least + most)) / (2 * (1 + c));
            double width = most - least;
            double half = Math.sqrt(c * c * width * width + 4 * c * below * above) / (2 * (1 + c));
            return new Interval(Math.max(least, middle - half), Math.min(most, middle + half));
        }
        double half = Math.sqrt(c * below * above + (from || to ? c * c / 4 : 0));
        double middle = mean + (from ? c / 2 : to ? -c / 2 : 0);
        return new Interval(
                from ? Math.max(least, middle - half) : middle - half,
                to ? Math.min(most, middle + half) : middle + half);
    }
}
