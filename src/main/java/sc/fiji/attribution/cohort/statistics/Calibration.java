/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether probabilities mean what they say.
 *
 * @param brier mean squared distance of the probability of the positive class from 0 or 1 (Brier
 *     1950), with Student's interval
 * @param ece expected calibration error: the mean distance of frequency from probability over bins
 *     of equal width, weighted by their subjects (Naeini et al. 2015), with a bootstrap interval
 * @param curve a point for each bin with subjects
 */
public record Calibration(Estimate brier, Estimate ece, List<Bin> curve) {

    /** Of equal width, from 0 to 1; the first one is closed at both ends. */
    public static final int BINS = 10;

    /**
     * @param probability mean of those in the bin
     * @param frequency share of positives among them
     * @param n how many they are
     */
    public record Bin(double probability, double frequency, int n) {}

    /**
     * @param probabilities of the positive class, 0 to 1
     * @param positive whether each is one
     */
    public static Calibration of(double[] probabilities, boolean[] positive) {
        int n = probabilities.length;
        double[] squares = new double[n];
        int[] all = new int[n];
        for (int i = 0; i < n; i++) {
            double distance = probabilities[i] - (positive[i] ? 1 : 0);
            squares[i] = distance * distance;
            all[i] = i;
        }
        return new Calibration(
                Estimate.mean(squares).within(0, 1),
                Estimate.bootstrap(n, places -> error(bins(probabilities, positive, places), n)),
                bins(probabilities, positive, all));
    }

    private static double error(List<Bin> bins, int n) {
        double sum = 0;
        for (Bin bin : bins) {
            sum += Math.abs(bin.frequency - bin.probability) * bin.n / n;
        }
        return sum;
    }

    private static List<Bin> bins(double[] probabilities, boolean[] positive, int[] places) {
        double[] sums = new double[BINS];
        int[] hits = new int[BINS];
        int[] counts = new int[BINS];
        for (int i : places) {
            int bin = Math.max(0, (int) Math.ceil(probabilities[i] * BINS) - 1);
            sums[bin] += probabilities[i];
            hits[bin] += positive[i] ? 1 : 0;
            counts[bin]++;
        }
        List<Bin> bins = new ArrayList<>();
        for (int b = 0; b < BINS; b++) {
            if (counts[b] > 0) {
                bins.add(new Bin(sums[b] / counts[b], (double) hits[b] / counts[b], counts[b]));
            }
        }
        return bins;
    }
}
