/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.ranking.NaturalRanking;
import org.apache.commons.math3.stat.ranking.TiesStrategy;

/** Orders of values, and what can be read from them. */
public final class Ranking {

    private Ranking() {}

    /** Indices by falling value; equal values keep their order, NaN comes last. */
    public static int[] descending(double[] values) {
        // Sorted as numbers without an object for each, since a volume has millions: the value's
        // bits in rising order above, the place below; doubles of one float are put right after.
        long[] keys = new long[values.length];
        for (int i = 0; i < keys.length; i++) {
            int bits =
                    Float.floatToIntBits(
                            Double.isNaN(values[i]) ? Float.NaN : (float) -values[i] + 0f);
            long rising = bits < 0 ? ~bits & 0xffffffffL : (bits | 0x80000000) & 0xffffffffL;
            keys[i] = rising << 32 ^ Long.MIN_VALUE | i;
        }
        Arrays.sort(keys);
        int[] order = new int[keys.length];
        for (int from = 0; from < order.length; ) {
            int to = from;
            while (to < order.length && keys[to] >> 32 == keys[from] >> 32) {
                order[to] = (int) keys[to];
                to++;
            }
            settle(order, from, to, values);
            from = to;
        }
        return order;
    }

    /** Sorts a run of values that are one float. */
    private static void settle(int[] order, int from, int to, double[] values) {
        boolean equal = true;
        for (int i = from + 1; i < to && equal; i++) {
            equal = values[order[i]] == values[order[from]] || Double.isNaN(values[order[i]]);
        }
        if (!equal) {
            Integer[] run =
                    IntStream.range(from, to).mapToObj(i -> order[i]).toArray(Integer[]::new);
            Arrays.sort(run, Comparator.comparingDouble(i -> -values[i]));
            for (int i = from; i < to; i++) {
                order[i] = run[i - from];
            }
        }
    }

    /** Ranks from 1 on for the least, equal values share their mean rank. */
    public static double[] ranks(double[] values) {
        return new NaturalRanking(TiesStrategy.AVERAGE).rank(values);
    }

    /** Pearson's correlation; NaN where either is constant or there are fewer than two. */
    public static double pearson(double[] a, double[] b) {
        return a.length < 2 ? Double.NaN : new PearsonsCorrelation().correlation(a, b);
    }

    /** Spearman's rank correlation; NaN where either is constant. */
    public static double spearman(double[] a, double[] b) {
        return pearson(ranks(a), ranks(b));
    }
}
