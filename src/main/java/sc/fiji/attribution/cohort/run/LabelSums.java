/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import java.util.HashMap;
import java.util.Map;
import sc.fiji.attribution.cohort.run.SubjectResult.Region;

/** What the values of a map add up to under each label above zero, found in one walk. */
final class LabelSums {

    private final Map<Integer, Sums> sums = new HashMap<>();

    /**
     * @param values of each slice
     * @param labels of the same places
     */
    LabelSums(float[][] values, int[][] labels) {
        int last = 0;
        Sums found = null;
        for (int z = 0; z < values.length; z++) {
            float[] slice = values[z];
            for (int i = 0; i < slice.length; ) {
                int label = labels[z][i];
                int end = i + 1;
                while (end < slice.length && labels[z][end] == label) {
                    end++;
                }
                if (label > 0) {
                    // Neighbours mostly lie in the same region.
                    if (label != last) {
                        found = sums.computeIfAbsent(label, any -> new Sums());
                        last = label;
                    }
                    found.add(slice, i, end);
                }
                i = end;
            }
        }
    }

    /** Of a label; of one that is nowhere, none. */
    Sums of(int label) {
        return sums.getOrDefault(label, new Sums());
    }

    /** Of some values. */
    static final class Sums {
        private long voxels;
        private double positive;
        private double negative;

        long voxels() {
            return voxels;
        }

        private void add(float[] values, int from, int to) {
            double above = 0;
            double below = 0;
            for (int i = from; i < to; i++) {
                // Signs change at random: a branch would be mistaken half of the time.
                above += Math.max(values[i], 0);
                below += Math.min(values[i], 0);
            }
            voxels += to - from;
            positive += above;
            negative += below;
        }

        Sums and(Sums other) {
            Sums both = new Sums();
            both.voxels = voxels + other.voxels;
            both.positive = positive + other.positive;
            both.negative = negative + other.negative;
            return both;
        }

        /**
         * @param all the whole map's
         * @param voxel its volume
         */
        Region region(String region, String name, Sums all, double voxel) {
            double total = all.positive - all.negative;
            double share = total > 0 ? (positive - negative) / total : 0;
            double density = voxels == 0 ? 0 : share * all.voxels / voxels;
            return new Region(
                    region,
                    name,
                    voxels,
                    voxels * voxel,
                    positive + negative,
                    positive,
                    negative,
                    share,
                    density);
        }
    }
}
