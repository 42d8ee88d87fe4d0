/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import sc.fiji.attribution.method.Declaration;

/** A sum of a layer's channels, each with one weight: Σₖ wₖ·Aₖ. */
abstract class WeightedCam extends GradientCam {

    WeightedCam(Declaration declaration) {
        super(declaration);
    }

    /**
     * The weight of one channel.
     *
     * @param a its activations, place by place
     * @param g the gradient of the score there
     */
    abstract double weight(float[] a, float[] g);

    @Override
    final void add(float[] a, float[] g, double[] map) {
        double weight = weight(a, g);
        for (int i = 0; i < map.length; i++) {
            map[i] += weight * a[i];
        }
    }

    static double sum(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }
}
