/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import java.util.Arrays;
import sc.fiji.attribution.fiji.input.ImageView;

/**
 * Values of an image that are drawn black and white, the same in all of its slices and frames. A
 * few very bright voxels must not darken the rest.
 */
record Contrast(double low, double high) {

    private static final double DARKEST = 0.01;
    private static final double BRIGHTEST = 0.997;

    /** So many values tell where the percentiles lie. */
    private static final long ENOUGH = 1L << 22;

    /**
     * From the 1st percentile of what is not background, or the background where that is lower, to
     * the 99.7th. Background is what the first pixel holds.
     *
     * @param channel from 0
     */
    static Contrast of(ImageView view, int channel) {
        float background = view.slice(channel, 0, 0)[0];
        long voxels = (long) view.size('x') * view.size('y') * view.size('z') * view.size('t');
        int step = (int) ((voxels + ENOUGH - 1) / ENOUGH);
        float[] sample = new float[(int) (voxels / step) + view.size('z') * view.size('t')];
        int count = 0;
        for (int t = 0; t < view.size('t'); t++) {
            for (int z = 0; z < view.size('z'); z++) {
                float[] slice = view.slice(channel, z, t);
                for (int i = 0; i < slice.length; i += step) {
                    if (slice[i] != background && Float.isFinite(slice[i])) {
                        sample[count++] = slice[i];
                    }
                }
            }
        }
        Arrays.parallelSort(sample, 0, count);
        return count == 0
                ? new Contrast(0, 1)
                : new Contrast(
                        Math.min(background, sample[(int) (DARKEST * count)]),
                        sample[(int) (BRIGHTEST * (count - 1))]);
    }

    /** 0 to 1. */
    float grey(float value) {
        double grey = high > low ? (value - low) / (high - low) : 0;
        // Written so that NaN is black.
        return grey > 0 ? (float) Math.min(1, grey) : 0;
    }
}
