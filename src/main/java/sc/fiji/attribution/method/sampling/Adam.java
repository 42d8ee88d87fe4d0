/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.sampling;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Steps that adapt to each value: the running mean of the slopes over the root of that of their
 * squares. Kingma and Ba, Adam: A Method for Stochastic Optimization, ICLR 2015.
 */
public final class Adam {

    private static final double MOMENTUM = 0.9;
    private static final double SQUARES = 0.999;

    private final int[] group;
    private final int[] members;
    private final double[] mean;
    private final double[] square;
    private double meanSum = 1;
    private double squareSum = 1;

    /**
     * @param size how many values there are; keeps 24 bytes for each
     */
    public Adam(int size) {
        this(IntStream.range(0, size).toArray());
    }

    /**
     * For steps that adapt to groups of values, and keep the proportions within each.
     *
     * @param group of each value, from 0
     */
    public Adam(int[] group) {
        this.group = group;
        this.members = new int[Arrays.stream(group).max().orElse(-1) + 1];
        for (int each : group) {
            members[each]++;
        }
        mean = new double[group.length];
        square = new double[members.length];
    }

    /**
     * Replaces slopes by steps along them, of a root mean square of about one in each group where
     * the slopes are steady.
     *
     * @param slope one for each value; overwritten
     */
    public void step(double[] slope) {
        meanSum *= MOMENTUM;
        squareSum *= SQUARES;
        for (int g = 0; g < square.length; g++) {
            square[g] *= SQUARES;
        }
        for (int i = 0; i < slope.length; i++) {
            mean[i] += (1 - MOMENTUM) * (slope[i] - mean[i]);
            square[group[i]] += (1 - SQUARES) * slope[i] * slope[i] / members[group[i]];
        }
        for (int i = 0; i < slope.length; i++) {
            double deviation = Math.sqrt(square[group[i]] / (1 - squareSum));
            slope[i] = mean[i] / (1 - meanSum) / (deviation + 1e-12);
        }
    }
}
