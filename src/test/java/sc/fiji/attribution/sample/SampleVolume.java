/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import java.util.Random;
import java.util.stream.IntStream;

/**
 * One brain on the grid of the samples.
 *
 * @param tissue white matter, grey matter and cerebrospinal fluid, each {@code X * Y * Z} unsigned
 *     bytes with x fastest; 255 is a probability of 1
 * @param lesion 255 where at least half of a voxel is lesion, else 0; {@code null} for a healthy
 *     brain
 */
record SampleVolume(byte[][] tissue, byte[] lesion) {

    static final int X = 48;
    static final int Y = 64;
    static final int Z = 56;

    /** Edge of a voxel, mm. */
    static final int SIZE = 3;

    static final int VOXELS = X * Y * Z;

    /** What the lesion's lost white matter looks like to a segmentation. */
    private static final double TO_GREY = 0.8;

    /**
     * Renders a brain: each voxel is the mean over the 27 cubic millimetres in it.
     *
     * @param lesions in the template; deformed with it
     * @param healthy whether to leave the mask out
     */
    static SampleVolume render(
            BrainTemplate template, BrainVariation brain, LesionMap lesions, boolean healthy) {
        int[] bounds = template.bounds();
        float[][] maps = new float[3][VOXELS];
        byte[] mask = new byte[VOXELS];
        for (int voxel = 0; voxel < VOXELS; voxel++) {
            average(template, brain, lesions, bounds, voxel, maps, mask);
        }
        for (float[] map : maps) {
            blur(map, brain.blur);
        }
        return new SampleVolume(finish(maps, brain), healthy ? null : mask);
    }

    /** Where the first voxel's centre lies in the template's voxels, that is in mm. */
    static double[] first(int[] bounds) {
        int[] extent = {X, Y, Z};
        double[] first = new double[3];
        for (int axis = 0; axis < 3; axis++) {
            double middle = (bounds[axis] + bounds[3 + axis]) / 2.0;
            first[axis] = middle - SIZE * (extent[axis] - 1) / 2.0;
        }
        return first;
    }

    private static void average(
            BrainTemplate template,
            BrainVariation brain,
            LesionMap lesions,
            int[] bounds,
            int voxel,
            float[][] maps,
            byte[] mask) {
        int[] index = {voxel % X, voxel / X % Y, voxel / X / Y};
        int[] extent = {X, Y, Z};
        double[] at = new double[3];
        for (int axis = 0; axis < 3; axis++) {
            at[axis] = SIZE * (index[axis] - (extent[axis] - 1) / 2.0);
        }
        brain.toTemplate(at);
        for (int axis = 0; axis < 3; axis++) {
            at[axis] += (bounds[axis] + bounds[3 + axis]) / 2.0;
        }
        Volume white = template.white();
        double[] sums = new double[3];
        int lesion = 0;
        for (int n = 0; n < 27; n++) {
            int i = (int) Math.round(at[0] + n % 3 - 1);
            int j = (int) Math.round(at[1] + n / 3 % 3 - 1);
            int k = (int) Math.round(at[2] + n / 9 - 1);
            if (white.contains(i, j, k)) {
                int source = white.index(i, j, k);
                double lost = (lesions.severity()[source] & 0xff) / 255.0;
                double wm = (white.data()[source] & 0xff) / 255.0;
                sums[0] += wm * (1 - lost);
                sums[1] += (template.grey().data()[source] & 0xff) / 255.0 + wm * lost * TO_GREY;
                sums[2] +=
                        (template.fluid().data()[source] & 0xff) / 255.0
                                + wm * lost * (1 - TO_GREY);
                lesion += lost > 0 ? 1 : 0;
            }
        }
        for (int channel = 0; channel < 3; channel++) {
            maps[channel][voxel] = (float) (sums[channel] / 27);
        }
        mask[voxel] = (byte) (lesion >= 14 ? 255 : 0);
    }

    private static void blur(float[] map, double weight) {
        for (int stride : new int[] {1, X, X * Y}) {
            float[] source = map.clone();
            for (int i = stride; i < map.length - stride; i++) {
                map[i] =
                        (float)
                                ((1 - 2 * weight) * source[i]
                                        + weight * (source[i - stride] + source[i + stride]));
            }
        }
    }

    /** Confuses tissues, sharpens or dulls, adds noise, and rounds to 8 bits. */
    private static byte[][] finish(float[][] maps, BrainVariation brain) {
        Random random = new Random(brain.noiseSeed);
        byte[][] bytes = new byte[3][VOXELS];
        double[] p = new double[3];
        for (int voxel = 0; voxel < VOXELS; voxel++) {
            double total = maps[0][voxel] + maps[1][voxel] + maps[2][voxel];
            if (total < 0.02) {
                continue;
            }
            double w = maps[0][voxel];
            double g = maps[1][voxel];
            p[0] = w + brain.greyToWhite * g - brain.whiteToGrey * w;
            p[1] = g - brain.greyToWhite * g + brain.whiteToGrey * w;
            p[2] = maps[2][voxel];
            double sum = 0;
            for (int channel = 0; channel < 3; channel++) {
                p[channel] = Math.pow(p[channel] / total, brain.sharpness);
                sum += p[channel];
            }
            for (int channel = 0; channel < 3; channel++) {
                double value = total * (p[channel] / sum + brain.noise * random.nextGaussian());
                bytes[channel][voxel] = (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
            }
        }
        return bytes;
    }

    /** Whether tissue and fluid fill at least half of the voxel. */
    boolean inBrain(int voxel) {
        return (tissue[0][voxel] & 0xff) + (tissue[1][voxel] & 0xff) + (tissue[2][voxel] & 0xff)
                > 127;
    }

    /** Number of voxels of the lesion mask. */
    int lesionVoxels() {
        return lesion == null
                ? 0
                : (int) IntStream.range(0, VOXELS).filter(i -> lesion[i] != 0).count();
    }

    /** The lesion mask and every voxel that touches it by face, edge or corner. */
    boolean[] dilatedLesion() {
        boolean[] dilated = new boolean[VOXELS];
        for (int z = 1; z < Z - 1; z++) {
            for (int y = 1; y < Y - 1; y++) {
                for (int x = 1; x < X - 1; x++) {
                    if (lesion[x + X * (y + Y * z)] != 0) {
                        for (int n = 0; n < 27; n++) {
                            int row = y + n / 3 % 3 - 1 + Y * (z + n / 9 - 1);
                            dilated[x + n % 3 - 1 + X * row] = true;
                        }
                    }
                }
            }
        }
        return dilated;
    }
}
