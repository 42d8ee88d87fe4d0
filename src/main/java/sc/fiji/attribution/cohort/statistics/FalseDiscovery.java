/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import java.util.Arrays;
import java.util.Comparator;

/** Correction of many p-values for the rate of false discoveries. */
public final class FalseDiscovery {

    private FalseDiscovery() {}

    /**
     * Adjusted p-values by Benjamini and Hochberg (1995): those up to q are discoveries, of which a
     * share q is expected to be false.
     *
     * @param p values; NaN ones stay and count for nothing
     */
    public static double[] adjusted(double[] p) {
        Integer[] order =
                Arrays.stream(indices(p.length))
                        .filter(i -> !Double.isNaN(p[i]))
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> p[i]))
                        .toArray(Integer[]::new);
        double[] adjusted = new double[p.length];
        Arrays.fill(adjusted, Double.NaN);
        double smallest = 1;
        for (int rank = order.length; rank >= 1; rank--) {
            int i = order[rank - 1];
            smallest = Math.min(smallest, p[i] * order.length / rank);
            adjusted[i] = smallest;
        }
        return adjusted;
    }

    private static int[] indices(int n) {
        int[] indices = new int[n];
        Arrays.setAll(indices, i -> i);
        return indices;
    }
}
