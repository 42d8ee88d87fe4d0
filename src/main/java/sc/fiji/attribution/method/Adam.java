/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

/**
 * Steps that adapt to each value: the running mean of the slopes over the root of that of their
 * squares. Kingma and Ba, Adam: A Method for Stochastic Optimization, ICLR 2015.
 */
public final class Adam {

    private static final double MOMENTUM = 0.9;
    private static final double SQUARES = 0.999;

    private final double[] mean;
    private final double[] square;
    private double meanSum = 1;
    private double squareSum = 1;

    /**
     * @param size how many values there are; keeps two numbers for each
     */
    public Adam(int size) {
        mean = new double[size];
        square = new double[size];
    }

    /**
     * Replaces slopes by steps along them, each of about one where the slope is steady.
     *
     * @param slope one for each value; overwritten
     */
    public void step(double[] slope) {
        meanSum *= MOMENTUM;
        squareSum *= SQUARES;
        for (int i = 0; i < slope.length; i++) {
            mean[i] += (1 - MOMENTUM) * (slope[i] - mean[i]);
            square[i] += (1 - SQUARES) * (slope[i] * slope[i] - square[i]);
            double deviation = Math.sqrt(square[i] / (1 - squareSum));
            slope[i] = mean[i] / (1 - meanSum) / (deviation + 1e-12);
        }
    }
}
