/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.localisation;

import sc.fiji.attribution.method.evaluation.Ranking;

/** Voxels above a threshold against a mask, for every threshold that a map offers. */
final class Thresholds {

    /** Called once for each different value, from the largest down. */
    interface Visitor {

        /**
         * @param threshold voxels of at least this value are meant
         * @param above number of those voxels
         * @param hits number of those in the mask
         */
        void at(double threshold, int above, int hits);
    }

    private Thresholds() {}

    static void visit(double[] values, boolean[] mask, Visitor visitor) {
        int[] order = Ranking.descending(values);
        int hits = 0;
        for (int i = 0; i < order.length; i++) {
            hits += mask[order[i]] ? 1 : 0;
            boolean last = i + 1 == order.length || values[order[i + 1]] != values[order[i]];
            if (last) {
                visitor.at(values[order[i]], i + 1, hits);
            }
        }
    }
}
