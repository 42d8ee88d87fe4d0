/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import java.util.Random;

/**
 * The signature of a scanner: all by which its images differ from another's of the same brain.
 * Every number is drawn once for a site; subjects scatter around it ({@link #jitter}).
 *
 * @param t1 brightness of each {@link Tissue} in T1
 * @param flair the same in FLAIR
 * @param gamma exponent of the grey values
 * @param resolution standard deviation of the blur, mm
 * @param noise standard deviation of the noise, as a share of white matter in T1
 * @param grain standard deviation of the blur that makes noise of neighbours alike, mm
 * @param ghost strength of the image moved by half the field of view along y
 * @param bias coefficients of the bias field's logarithm: x, y, z, xx, yy, zz, xy, xz, yz, on a
 *     field of view from -1 to 1
 * @param strip share of brain in a blurred voxel from which on the skull stripping keeps it
 * @param rim how much brighter than the rest the brain's outermost voxels are
 */
record Scanner(
        double[] t1,
        double[] flair,
        double gamma,
        double resolution,
        double noise,
        double grain,
        double ghost,
        double[] bias,
        double strip,
        double rim) {

    private static final int TERMS = 9;

    /** The signature of a site; the same seed gives the same. */
    static Scanner draw(long seed) {
        Random random = new Random(seed);
        double[] t1 = new double[Tissue.values().length];
        double[] flair = new double[t1.length];
        for (Tissue tissue : Tissue.values()) {
            t1[tissue.ordinal()] = tissue.t1 * StrictMath.exp(0.05 * random.nextGaussian());
            flair[tissue.ordinal()] = tissue.flair * StrictMath.exp(0.05 * random.nextGaussian());
        }
        double gamma = StrictMath.exp(0.12 * random.nextGaussian());
        double resolution = 0.5 + 1.0 * random.nextDouble();
        double noise = 0.015 + 0.04 * random.nextDouble();
        double grain = 1.2 * random.nextDouble();
        double ghost = 0.03 * random.nextDouble();
        double[] bias = new double[TERMS];
        for (int n = 0; n < TERMS; n++) {
            bias[n] = 0.08 * random.nextGaussian();
        }
        double strip = 0.35 + 0.3 * random.nextDouble();
        double rim = 0.25 * random.nextDouble();
        return new Scanner(t1, flair, gamma, resolution, noise, grain, ghost, bias, strip, rim);
    }

    /** The scanner on another day: contrast, noise, and bias field a little different. */
    Scanner jitter(Random random) {
        double[] newT1 = t1.clone();
        double[] newFlair = flair.clone();
        for (int tissue = 0; tissue < newT1.length; tissue++) {
            newT1[tissue] *= StrictMath.exp(0.015 * random.nextGaussian());
            newFlair[tissue] *= StrictMath.exp(0.015 * random.nextGaussian());
        }
        double[] newBias = bias.clone();
        for (int n = 0; n < TERMS; n++) {
            newBias[n] += 0.03 * random.nextGaussian();
        }
        return new Scanner(
                newT1,
                newFlair,
                gamma * StrictMath.exp(0.02 * random.nextGaussian()),
                resolution,
                noise * StrictMath.exp(0.1 * random.nextGaussian()),
                grain,
                ghost,
                newBias,
                strip + 0.02 * random.nextGaussian(),
                rim);
    }

    /** What the bias field multiplies a voxel with. */
    double field(double x, double y, double z) {
        double[] terms = {x, y, z, x * x, y * y, z * z, x * y, x * z, y * z};
        double sum = 0;
        for (int n = 0; n < TERMS; n++) {
            sum += bias[n] * terms[n];
        }
        return StrictMath.exp(sum);
    }
}
