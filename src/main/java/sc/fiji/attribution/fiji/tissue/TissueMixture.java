/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.tissue;

import java.util.Arrays;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Progress;

/**
 * Segments a T1 image into white matter, grey matter and cerebrospinal fluid: a mixture of
 * Gaussians of the logarithm of the grey value, weighted by spatial priors and shifted by a
 * polynomial bias field, fitted by expectation maximisation (Wells et al., IEEE TMI 15, 1996; Van
 * Leemput et al., IEEE TMI 18, 1999; Ashburner and Friston, NeuroImage 26, 2005). White and grey
 * matter have one Gaussian each, fluid two, since its grey values reach from that of grey matter,
 * where voxels are shared, to nearly zero.
 *
 * <p>There is no class for what is ill: a lesion goes to the tissue that is as bright, if the
 * priors allow it there at all. Memory: 3 floats a voxel for the result, some doubles for each
 * voxel of the brain.
 *
 * @param degree of the bias field's polynomial, 0 for none
 * @param iterations at most
 * @param tolerance of the mean logarithm of the likelihood, at which to end
 */
public record TissueMixture(int degree, int iterations, double tolerance) {

    /** A cubic field. */
    public static final TissueMixture DEFAULT = new TissueMixture(3, 60, 1e-4);

    public static final int WHITE = 0;
    public static final int GREY = 1;
    public static final int FLUID = 2;

    /** Which tissue each Gaussian belongs to. */
    private static final int[] TISSUE = {WHITE, GREY, FLUID, FLUID};

    /** Least prior of each tissue in the brain: atlas and subject never match everywhere. */
    private static final double FLOOR = 0.01;

    /** Voxels that the parameters are fitted to; more of them change nothing. */
    private static final int SAMPLE = 20_000;

    /** Least standard deviation of a Gaussian, as a share of the grey value. */
    private static final double NARROWEST = 0.01;

    /** Grey values below this share of the brain's median count as this. */
    private static final double DARKEST = 0.05;

    /**
     * @param image grey values, x fastest; what is not above 0 is not brain
     * @param priors of white matter, grey matter and fluid on the same grid, from 0 to 1; where
     *     they add up to less than a half is no brain
     * @param extent x, y, z
     * @return the posterior probabilities, in the same order; 0 outside the brain
     * @throws ImageException where too little of the image is brain, or it is of one grey value
     */
    public float[][] segment(float[] image, float[][] priors, int[] extent, Progress progress) {
        int[] brain = brain(image, priors);
        if (brain.length < 1000) {
            throw new ImageException(
                    "Only "
                            + brain.length
                            + " voxels of the image are above 0 where the priors have brain: the"
                            + " image must lie in the priors' space (its brain in the same place);"
                            + " see its origin and voxel size.");
        }
        double[] values = logarithms(image, brain);
        double[][] prior = new double[3][brain.length];
        for (int n = 0; n < brain.length; n++) {
            double sum = 0;
            for (int t = 0; t < 3; t++) {
                prior[t][n] = FLOOR + Math.max(0, priors[t][brain[n]]);
                sum += prior[t][n];
            }
            for (int t = 0; t < 3; t++) {
                prior[t][n] /= sum;
            }
        }
        PolynomialField field = new PolynomialField(extent, degree);
        Gaussians gaussians = fit(values, prior, brain, field, progress);
        float[][] maps = new float[3][image.length];
        double[] posterior = new double[TISSUE.length];
        for (int n = 0; n < brain.length; n++) {
            gaussians.posterior(values[n] - field.at(brain[n]), prior, n, posterior);
            for (int g = 0; g < TISSUE.length; g++) {
                maps[TISSUE[g]][brain[n]] += (float) posterior[g];
            }
        }
        return maps;
    }

    private static int[] brain(float[] image, float[][] priors) {
        int[] brain = new int[image.length];
        int count = 0;
        for (int i = 0; i < image.length; i++) {
            if (image[i] > 0 && priors[0][i] + priors[1][i] + priors[2][i] >= 0.5) {
                brain[count++] = i;
            }
        }
        return Arrays.copyOf(brain, count);
    }

    private static double[] logarithms(float[] image, int[] brain) {
        double[] values = new double[brain.length];
        for (int n = 0; n < values.length; n++) {
            values[n] = image[brain[n]];
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        if (sorted[sorted.length / 50] == sorted[sorted.length - 1 - sorted.length / 50]) {
            throw new ImageException(
                    "The image has one grey value in the brain: there is nothing to segment.");
        }
        double median = sorted[sorted.length / 2];
        for (int n = 0; n < values.length; n++) {
            values[n] = StrictMath.log(Math.max(DARKEST, values[n] / median));
        }
        return values;
    }

    private Gaussians fit(
            double[] all,
            double[][] priors,
            int[] brain,
            PolynomialField field,
            Progress progress) {
        int stride = Math.max(1, all.length / SAMPLE);
        int count = (all.length + stride - 1) / stride;
        int[] voxels = new int[count];
        double[] values = new double[count];
        double[][] prior = new double[3][count];
        for (int n = 0; n < count; n++) {
            voxels[n] = brain[n * stride];
            values[n] = all[n * stride];
            for (int t = 0; t < 3; t++) {
                prior[t][n] = priors[t][n * stride];
            }
        }
        Gaussians gaussians = Gaussians.start(values, prior);
        double[][] posterior = new double[count][TISSUE.length];
        double[] target = new double[count];
        double[] weight = new double[count];
        double before = Double.NEGATIVE_INFINITY;
        for (int iteration = 0; iteration < iterations; iteration++) {
            progress.update(iteration, iterations, "Segmenting");
            double likelihood = 0;
            for (int n = 0; n < count; n++) {
                double corrected = values[n] - field.at(voxels[n]);
                likelihood += gaussians.posterior(corrected, prior, n, posterior[n]);
                target[n] = corrected;
            }
            gaussians.maximise(target, posterior);
            if (degree > 0) {
                for (int n = 0; n < count; n++) {
                    double mean = 0;
                    weight[n] = 0;
                    for (int g = 0; g < TISSUE.length; g++) {
                        double precision = posterior[n][g] / gaussians.variance[g];
                        weight[n] += precision;
                        mean += precision * gaussians.mean[g];
                    }
                    target[n] = values[n] - mean / weight[n];
                }
                field.fit(voxels, target, weight);
            }
            likelihood /= count;
            if (Math.abs(likelihood - before) < tolerance) {
                break;
            }
            before = likelihood;
        }
        return gaussians;
    }

    /** Parameters of the mixture. */
    private static final class Gaussians {

        final double[] mean = new double[TISSUE.length];
        final double[] variance = new double[TISSUE.length];

        /** Share of each Gaussian in its tissue. */
        final double[] share = new double[TISSUE.length];

        /** Moments under the priors; fluid is split into a darker and a brighter half. */
        static Gaussians start(double[] values, double[][] prior) {
            Gaussians start = new Gaussians();
            for (int g = 0; g < TISSUE.length; g++) {
                double sum = 0;
                double first = 0;
                double second = 0;
                for (int n = 0; n < values.length; n++) {
                    // Where the priors are sure.
                    double p = prior[TISSUE[g]][n] > 0.7 ? 1 : 1e-6;
                    sum += p;
                    first += p * values[n];
                    second += p * values[n] * values[n];
                }
                start.mean[g] = first / sum;
                start.variance[g] =
                        Math.max(
                                NARROWEST * NARROWEST,
                                second / sum - start.mean[g] * start.mean[g]);
                start.share[g] = 1;
            }
            double spread = Math.sqrt(start.variance[FLUID]);
            start.mean[FLUID] -= spread / 2;
            start.mean[FLUID + 1] += spread / 2;
            start.share[FLUID] = 0.5;
            start.share[FLUID + 1] = 0.5;
            return start;
        }

        /** Fills in the posterior of each Gaussian; the result is the likelihood's logarithm. */
        double posterior(double value, double[][] prior, int n, double[] posterior) {
            double sum = 0;
            for (int g = 0; g < TISSUE.length; g++) {
                double d = value - mean[g];
                posterior[g] =
                        1e-30
                                + prior[TISSUE[g]][n]
                                        * share[g]
                                        * StrictMath.exp(-0.5 * d * d / variance[g])
                                        / Math.sqrt(2 * Math.PI * variance[g]);
                sum += posterior[g];
            }
            for (int g = 0; g < TISSUE.length; g++) {
                posterior[g] /= sum;
            }
            return StrictMath.log(sum);
        }

        void maximise(double[] values, double[][] posterior) {
            double[] sums = new double[TISSUE.length];
            for (int g = 0; g < TISSUE.length; g++) {
                double first = 0;
                for (int n = 0; n < values.length; n++) {
                    sums[g] += posterior[n][g];
                    first += posterior[n][g] * values[n];
                }
                mean[g] = first / sums[g];
                double second = 0;
                for (int n = 0; n < values.length; n++) {
                    second += posterior[n][g] * (values[n] - mean[g]) * (values[n] - mean[g]);
                }
                variance[g] = Math.max(NARROWEST * NARROWEST, second / sums[g]);
            }
            double fluid = sums[FLUID] + sums[FLUID + 1];
            share[FLUID] = sums[FLUID] / fluid;
            share[FLUID + 1] = sums[FLUID + 1] / fluid;
        }
    }
}
