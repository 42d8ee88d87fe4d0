/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.apache.commons.math3.distribution.BetaDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.junit.jupiter.api.Test;

/** Intervals of means over images. */
class IntervalTest {

    private static final double INFINITE = Double.POSITIVE_INFINITY;

    /** The means that the inequality holds for, one after the other. */
    private static Interval slow(double[] values, double least, double most) {
        int n = values.length;
        double mean = StatUtils.mean(values);
        double t = new TDistribution(n - 1).inverseCumulativeProbability(0.975);
        double from = Double.isInfinite(least) ? mean - 50 : least;
        double to = Double.isInfinite(most) ? mean + 50 : most;
        double spread = StatUtils.variance(values) / product(mean, least, most);
        double low = INFINITE;
        double high = -INFINITE;
        int points = 2_000_000;
        for (int i = 0; i <= points; i++) {
            double at = from + (to - from) * i / points;
            double allowed = t * t * spread * product(at, least, most) / n;
            if ((mean - at) * (mean - at) <= allowed) {
                low = Math.min(low, at);
                high = Math.max(high, at);
            }
        }
        return new Interval(low, high);
    }

    private static double product(double at, double least, double most) {
        return (Double.isInfinite(least) ? 1 : at - least)
                * (Double.isInfinite(most) ? 1 : most - at);
    }

    @Test
    void theMeansThatTheImagesAllow() {
        double[][] ranges = {{0, 1}, {-1, 1}, {0, INFINITE}, {-INFINITE, 2}, {-INFINITE, INFINITE}};
        for (double[] range : ranges) {
            double[] values = new Random(1).doubles(7, 0, 1).toArray();
            Interval found = Interval.of(values, range[0], range[1]);
            Interval expected = slow(values, range[0], range[1]);
            assertEquals(expected.low(), found.low(), 1e-4, Arrays.toString(range));
            assertEquals(expected.high(), found.high(), 1e-4, Arrays.toString(range));
        }
    }

    /** Hits and misses, by the textbook's formula with the variance of a sample. */
    @Test
    void ofHitsItIsWilsons() {
        double[] hits = {1, 1, 0, 1, 1, 1, 0, 1, 1, 1};
        double t = new TDistribution(9).inverseCumulativeProbability(0.975);
        double z = t * t * 10 / 9;
        double centre = (0.8 + z / 20) / (1 + z / 10);
        double half = Math.sqrt(z * (0.16 / 10 + z / 400)) / (1 + z / 10);
        Interval found = Interval.of(hits, 0, 1);
        assertEquals(centre - half, found.low(), 1e-12);
        assertEquals(centre + half, found.high(), 1e-12);
    }

    @Test
    void itStaysWithinTheRange() {
        Random random = new Random(2);
        for (int trial = 0; trial < 1000; trial++) {
            double[] values = new double[2 + random.nextInt(20)];
            Arrays.setAll(values, i -> Math.pow(random.nextDouble(), 0.1));
            Interval found = Interval.of(values, 0, 1);
            double mean = StatUtils.mean(values);
            assertTrue(0 <= found.low() && found.low() <= mean, found + "");
            assertTrue(mean <= found.high() && found.high() <= 1, found + "");
        }
    }

    /** Images that agree do not make a figure certain. */
    @Test
    void whereAllAgree() {
        Interval hits = Interval.of(new double[] {1, 1, 1}, 0, 1);
        assertEquals(1, hits.high(), 0);
        assertTrue(hits.low() < 0.2, hits + "");
        Interval first = Interval.of(new double[20], 0, 1);
        assertTrue(first.low() == 0 && first.high() > 0.1 && first.high() < 0.25, first + "");
        assertEquals(Interval.NONE, Interval.of(new double[] {3, 3, 3}, 0, INFINITE));
        assertEquals(Interval.NONE, Interval.of(new double[] {3}, 0, 5));
    }

    /** Of skewed figures, such as areas close to 1, more often than Student's does. */
    @Test
    void itHoldsTheMean() {
        for (int images : new int[] {6, 23}) {
            BetaDistribution areas = new BetaDistribution(9, 0.6);
            areas.reseedRandomGenerator(3);
            double mean = areas.getNumericalMean();
            int holds = 0;
            int students = 0;
            for (int trial = 0; trial < 4000; trial++) {
                double[] values = areas.sample(images);
                holds += holds(Interval.of(values, 0, 1), mean);
                students += holds(Interval.of(values, -INFINITE, INFINITE), mean);
            }
            assertTrue(holds > 0.9 * 4000, images + " images: " + holds / 4000.0);
            assertTrue(holds > students + 40, holds + " " + students);
        }
    }

    private static int holds(Interval found, double mean) {
        return found.low() <= mean && mean <= found.high() ? 1 : 0;
    }
}
