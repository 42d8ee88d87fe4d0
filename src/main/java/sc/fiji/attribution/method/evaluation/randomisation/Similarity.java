/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.randomisation;

import java.util.Arrays;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Ranking;

/** How alike two maps of one grid are; 1 for the same map. */
public final class Similarity {

    private static final int WINDOW = 7;
    private static final double K1 = 0.01;
    private static final double K2 = 0.03;

    private Similarity() {}

    /** Spearman's rank correlation of the absolute values. */
    public static double spearman(Tensor a, Tensor b) {
        return Ranking.spearman(absolute(a), absolute(b));
    }

    private static double[] absolute(Tensor map) {
        double[] values = new double[map.length()];
        Arrays.setAll(values, i -> Math.abs(map.data()[i]));
        return values;
    }

    /** Pearson's correlation of the signed values: the normalised cross-correlation. */
    public static double correlation(Tensor a, Tensor b) {
        return Ranking.pearson(values(a), values(b));
    }

    private static double[] values(Tensor map) {
        double[] values = new double[map.length()];
        Arrays.setAll(values, i -> map.data()[i]);
        return values;
    }

    /**
     * Structural similarity over all axes of space, in windows of 7 voxels a side where the map has
     * as many, of maps that are each divided by their largest absolute value. Wang et al. 2004,
     * with uniform windows and the sample covariance; the mean over windows that lie in the map.
     */
    public static double ssim(Tensor a, Tensor b) {
        double[] x = scaled(a);
        double[] y = scaled(b);
        int n = x.length;
        double[] xx = new double[n];
        double[] yy = new double[n];
        double[] xy = new double[n];
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            xx[i] = x[i] * x[i];
            yy[i] = y[i] * y[i];
            xy[i] = x[i] * y[i];
            low = Math.min(low, Math.min(x[i], y[i]));
            high = Math.max(high, Math.max(x[i], y[i]));
        }
        boolean[] whole = new boolean[n];
        Arrays.fill(whole, true);
        double count = 1;
        for (int axis = 0; axis < a.shape().length; axis++) {
            char name = a.axes().axis(axis);
            int extent = a.shape()[axis];
            if (name != 'b' && name != 'c') {
                int width = Math.min(WINDOW, extent - (1 - extent % 2));
                count *= width;
                for (double[] each : new double[][] {x, y, xx, yy, xy}) {
                    smooth(each, a, axis, width, whole);
                }
            }
        }
        double c1 = Math.pow(K1 * (high - low), 2);
        double c2 = Math.pow(K2 * (high - low), 2);
        double unbiased = count > 1 ? count / (count - 1) : 1;
        double sum = 0;
        int windows = 0;
        for (int i = 0; i < n; i++) {
            if (whole[i]) {
                double vx = unbiased * (xx[i] - x[i] * x[i]);
                double vy = unbiased * (yy[i] - y[i] * y[i]);
                double vxy = unbiased * (xy[i] - x[i] * y[i]);
                sum +=
                        (2 * x[i] * y[i] + c1)
                                * (2 * vxy + c2)
                                / ((x[i] * x[i] + y[i] * y[i] + c1) * (vx + vy + c2));
                windows++;
            }
        }
        return sum / windows;
    }

    private static double[] scaled(Tensor map) {
        double largest = Arrays.stream(absolute(map)).max().orElse(0);
        double[] values = values(map);
        if (largest > 0) {
            Arrays.setAll(values, i -> values[i] / largest);
        }
        return values;
    }

    /** Means over a window along an axis; marks places whose window leaves the map. */
    private static void smooth(double[] values, Tensor map, int axis, int width, boolean[] whole) {
        int stride = 1;
        for (int i = axis + 1; i < map.shape().length; i++) {
            stride *= map.shape()[i];
        }
        int extent = map.shape()[axis];
        int reach = width / 2;
        double[] line = new double[extent];
        for (int start = 0; start < values.length; start++) {
            if (start / stride % extent != 0) {
                continue;
            }
            for (int i = 0; i < extent; i++) {
                line[i] = values[start + i * stride];
            }
            for (int i = 0; i < extent; i++) {
                int at = start + i * stride;
                if (i < reach || i >= extent - reach) {
                    whole[at] = false;
                    continue;
                }
                double sum = 0;
                for (int k = i - reach; k <= i + reach; k++) {
                    sum += line[k];
                }
                values[at] = sum / width;
            }
        }
    }
}
