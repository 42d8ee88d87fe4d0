/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.model.Layer;

/**
 * How much of the strongest pattern of a layer's channels is at each place: |Σₖ Aₖ·vₖ|, v being the
 * first right singular vector of the activations as a matrix of places by channels. It looks at no
 * class: any target gives the same map. Muhammad and Yeasin, Eigen-CAM: Class Activation Map using
 * Principal Components, IJCNN 2020. The sign of a singular vector means nothing, so the magnitude
 * is shown.
 */
@MetaInfServices(AttributionMethod.class)
public final class EigenCam extends LayerMethod {

    private static final int ITERATIONS = 10_000;

    /** Change of the unit vector at which it is taken as found. */
    private static final double SETTLED = 1e-9;

    public EigenCam() {
        super(
                Declaration.of(
                                "Eigen-CAM",
                                "The strongest pattern of a layer's channels, whatever the target.")
                        .paper("Muhammad and Yeasin 2020, arXiv:2008.00299")
                        .unit("activation")
                        .level()
                        .reads(LayerChoice.OPTION),
                false);
    }

    @Override
    long passes(Problem problem, Layer layer) {
        return 0;
    }

    @Override
    double[] map(Site site, Progress progress) {
        float[][] columns = new float[site.channels()][];
        site.forEachChannel(
                site.activations(), (channel, values) -> columns[channel] = values.clone());
        double[] map = site.weighted(firstVector(columns));
        for (int i = 0; i < map.length; i++) {
            map[i] = Math.abs(map[i]);
        }
        return map;
    }

    /** The first right singular vector, by power iteration on the columns' products. */
    static double[] firstVector(float[][] columns) {
        int n = columns.length;
        double[][] products = new double[n][n];
        for (int c = 0; c < n; c++) {
            for (int d = 0; d <= c; d++) {
                double sum = 0;
                for (int i = 0; i < columns[c].length; i++) {
                    sum += (double) columns[c][i] * columns[d][i];
                }
                products[c][d] = sum;
                products[d][c] = sum;
            }
        }
        double[] vector = unit(products[longest(products)].clone());
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            double[] next = new double[n];
            for (int c = 0; c < n; c++) {
                for (int d = 0; d < n; d++) {
                    next[c] += products[c][d] * vector[d];
                }
            }
            unit(next);
            double change = 0;
            for (int c = 0; c < n; c++) {
                change = Math.max(change, Math.abs(next[c] - vector[c]));
            }
            vector = next;
            if (change < SETTLED) {
                break;
            }
        }
        return vector;
    }

    private static int longest(double[][] products) {
        int longest = 0;
        for (int c = 1; c < products.length; c++) {
            longest = products[c][c] > products[longest][longest] ? c : longest;
        }
        return longest;
    }

    private static double[] unit(double[] vector) {
        double square = 0;
        for (double value : vector) {
            square += value * value;
        }
        double length = Math.sqrt(square);
        for (int i = 0; i < vector.length && length > 0; i++) {
            vector[i] /= length;
        }
        return vector;
    }
}
