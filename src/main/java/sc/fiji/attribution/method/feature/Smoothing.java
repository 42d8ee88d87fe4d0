/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.feature;

import java.util.List;
import sc.fiji.attribution.core.Tensor;

/**
 * What an image costs that is unlike natural ones. Total variation is the mean over the voxels and
 * channels of √(Σ (step to the next voxel along each axis)² + ε²) - ε (Rudin, Osher and Fatemi
 * 1992; Mahendran and Vedaldi, CVPR 2015); energy is the mean square (Simonyan et al. 2014).
 */
final class Smoothing {

    /** Rounds the kink at zero, so that flat parts have a slope. */
    private static final double EPSILON = 1e-3;

    private final List<Tensor.Along> axes;

    /**
     * @param like an image of batch 1 with the axes and extents
     */
    Smoothing(Tensor like) {
        axes = like.along(like.axes().spatial());
    }

    /** Total variation, whose slope times the weight is taken from a gradient. */
    double variation(double[] image, double weight, double[] gradient) {
        double sum = 0;
        double[] step = new double[axes.size()];
        for (int i = 0; i < image.length; i++) {
            double square = EPSILON * EPSILON;
            for (int a = 0; a < axes.size(); a++) {
                Tensor.Along axis = axes.get(a);
                boolean last = axis.place(i) + 1 == axis.size();
                step[a] = last ? 0 : image[i + axis.stride()] - image[i];
                square += step[a] * step[a];
            }
            double length = Math.sqrt(square);
            sum += length - EPSILON;
            for (int a = 0; a < axes.size(); a++) {
                if (step[a] != 0) {
                    double slope = weight * step[a] / length / image.length;
                    gradient[i + axes.get(a).stride()] -= slope;
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
