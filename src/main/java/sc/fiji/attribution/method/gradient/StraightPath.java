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

    /** xᵢ − bᵢ. */
    double change(int i) {
        return (double) input[i] - baseline[i];
    }

    /**
     * Adds Σ wᵢ·∇f(b + αᵢ·(x − b)) over the quadrature's nodes.
     *
     * @param sum where to add, of the input's length; not multiplied by x − b
     */
    void integrate(GradientSweep sweep, Quadrature quadrature, double[] sum, Progress progress) {
        sweep.run(
                quadrature.size(),
                (i, data, offset) -> write(quadrature.nodes()[i], data, offset),
                (i, score, gradient, offset) -> {
                    double weight = quadrature.weights()[i];
                    for (int j = 0; j < sum.length; j++) {
                        sum[j] += weight * gradient[offset + j];
                    }
                },
                progress,
                "Integrated Gradients");
    }
}
