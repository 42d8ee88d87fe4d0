/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.feature;

import sc.fiji.attribution.core.Tensor;

/**
 * What an image costs that is unlike natural ones. Total variation is the mean over the voxels and
 * channels of √(Σ (step to the next voxel along each axis)² + ε²) - ε (Rudin, Osher and Fatemi
 * 1992; Mahendran and Vedaldi, CVPR 2015); energy is the mean square (Simonyan et al. 2014).
 */
final class Smoothing {

    /** Rounds the kink at zero, so that flat parts have a slope. */
    private static final double EPSILON = 1e-3;

    private final int[] strides;
    private final int[] extents;

    /**
     * @param like an image of batch 1 with the axes and extents
     */
    Smoothing(Tensor like) {
        String space = like.axes().spatial();
        strides = space.chars().map(axis -> like.stride((char) axis)).toArray();
        extents = space.chars().map(axis -> like.size((char) axis)).toArray();
    }

    /** Total variation, whose slope times the weight is taken from a gradient. */
    double variation(double[] image, double weight, double[] gradient) {
        double sum = 0;
        double[] step = new double[strides.length];
        for (int i = 0; i < image.length; i++) {
            double square = EPSILON * EPSILON;
            for (int a = 0; a < strides.length; a++) {
                boolean last = i / strides[a] % extents[a] + 1 == extents[a];
                step[a] = last ? 0 : image[i + strides[a]] - image[i];
                square += step[a] * step[a];
            }
            double length = Math.sqrt(square);
            sum += length - EPSILON;
            for (int a = 0; a < strides.length; a++) {
                if (step[a] != 0) {
                    double slope = weight * step[a] / length / image.length;
                    gradient[i + strides[a]] -= slope;
                    gradient[i] += slope;
                }
            }
        }
        return sum / image.length;
    }

    /** Energy, whose slope times the weight is taken from a gradient. */
    static double energy(double[] image, double weight, double[] gradient) {
        double sum = 0;
        for (int i = 0; i < image.length; i++) {
            sum += image[i] * image[i];
            gradient[i] -= 2 * weight * image[i] / image.length;
        }
        return sum / image.length;
    }
}
