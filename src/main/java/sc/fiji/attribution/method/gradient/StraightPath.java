/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import sc.fiji.attribution.core.Progress;

/**
 * Gradients along the straight line from a baseline b to an input x.
 *
 * @param baseline b
 * @param input x
 */
public record StraightPath(float[] baseline, float[] input) {

    /** Writes b + α·(x − b). */
    public void write(double alpha, float[] data, int offset) {
        float a = (float) alpha;
        for (int i = 0; i < input.length; i++) {
            data[offset + i] = baseline[i] + a * (input[i] - baseline[i]);
        }
    }

    /**
     * Adds Σ wᵢ·∇f(b + αᵢ·(x − b)) over the quadrature's nodes, mapped from [0, 1] to [from, to].
     *
     * @param sum where to add, of the input's length; not multiplied by x − b
     */
    void integrate(
            GradientSweep sweep,
            Quadrature quadrature,
            double from,
            double to,
            double[] sum,
            Progress progress) {
        double length = to - from;
        sweep.run(
                quadrature.size(),
                (i, data, offset) -> write(from + length * quadrature.nodes()[i], data, offset),
                (i, gradient, offset) -> {
                    double weight = length * quadrature.weights()[i];
                    for (int j = 0; j < sum.length; j++) {
                        sum[j] += weight * gradient[offset + j];
                    }
                },
                progress,
                "Integrated Gradients");
    }

    /** Σ sumᵢ·(xᵢ − bᵢ): what a mean gradient along the path attributes in total. */
    double total(double[] sum) {
        double total = 0;
        for (int i = 0; i < sum.length; i++) {
            total += sum[i] * ((double) input[i] - baseline[i]);
        }
        return total;
    }
}
