/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import java.util.Arrays;

/**
 * How much of a map lies where it should: Arras et al., CLEVR-XAI: A Benchmark Dataset for the
 * Ground Truth Evaluation of Neural Network Explanations, 2022.
 *
 * @param positive share of the positive sum that lies inside
 * @param absolute share of the absolute sum
 * @param rank share inside of the largest k values, where k voxels are inside; of values that are
 *     equal at the border each counts by its chance
 */
record RelevanceMass(double positive, double absolute, double rank) {

    /**
     * @param inside for each value of the map
     */
    static RelevanceMass of(float[] map, boolean[] inside) {
        double[] positive = new double[2];
        double[] absolute = new double[2];
        int size = 0;
        for (int i = 0; i < map.length; i++) {
            int where = inside[i] ? 1 : 0;
            positive[where] += Math.max(0, map[i]);
            absolute[where] += Math.abs(map[i]);
            size += where;
        }
        return new RelevanceMass(share(positive), share(absolute), rank(map, inside, size));
    }

    private static double share(double[] sums) {
        return sums[1] / (sums[0] + sums[1]);
    }

    private static double rank(float[] map, boolean[] inside, int size) {
        float[] sorted = map.clone();
        Arrays.sort(sorted);
        float border = sorted[sorted.length - size];
        int above = 0;
        int aboveInside = 0;
        int equal = 0;
        int equalInside = 0;
        for (int i = 0; i < map.length; i++) {
            if (map[i] > border) {
                above++;
                aboveInside += inside[i] ? 1 : 0;
            } else if (map[i] == border) {
                equal++;
                equalInside += inside[i] ? 1 : 0;
            }
        }
        double chance = (double) (size - above) / equal;
        return (aboveInside + chance * equalInside) / size;
    }
}
