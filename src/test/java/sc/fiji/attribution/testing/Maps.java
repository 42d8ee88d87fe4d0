/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.testing;

import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;

/** Comparing maps, and moving them between axis orders. */
public final class Maps {

    private Maps() {}

    /** Largest absolute difference. */
    public static double maxDifference(float[] actual, double[] expected) {
        double max = 0;
        for (int i = 0; i < expected.length; i++) {
            max = Math.max(max, Math.abs(actual[i] - expected[i]));
        }
        return max;
    }

    public static double maxAbs(float[] values) {
        double max = 0;
        for (float value : values) {
            max = Math.max(max, Math.abs(value));
        }
        return max;
    }

    public static double maxAbs(double[] values) {
        double max = 0;
        for (double value : values) {
            max = Math.max(max, Math.abs(value));
        }
        return max;
    }

    /** Pearson's correlation. */
    public static double correlation(float[] a, double[] b) {
        double ma = 0;
        double mb = 0;
        for (int i = 0; i < b.length; i++) {
            ma += a[i] / b.length;
            mb += b[i] / b.length;
        }
        double aa = 0;
        double bb = 0;
        double ab = 0;
        for (int i = 0; i < b.length; i++) {
            aa += (a[i] - ma) * (a[i] - ma);
            bb += (b[i] - mb) * (b[i] - mb);
            ab += (a[i] - ma) * (b[i] - mb);
        }
        return ab / Math.sqrt(aa * bb);
    }

    /** The same values in another order of the same axes. */
    public static Tensor permute(Tensor from, String order) {
        Axes axes = new Axes(order);
        int[] shape = new int[axes.rank()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = from.size(axes.axis(i));
        }
        Tensor to = Tensor.zeros(axes, shape);
        for (int i = 0; i < to.length(); i++) {
            int rest = i;
            int source = 0;
            for (int a = shape.length - 1; a >= 0; a--) {
                source += rest % shape[a] * from.stride(axes.axis(a));
                rest /= shape[a];
            }
            to.data()[i] = from.data()[source];
        }
        return to;
    }
}
