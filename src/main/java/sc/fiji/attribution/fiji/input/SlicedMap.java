/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import sc.fiji.attribution.core.Tensor;

/**
 * A map on the grid of an image, slice by slice: one that is resampled is never there as a whole
 * besides the image that is made of it.
 *
 * @param slices makes each; several may be asked for at once
 */
public record SlicedMap(int width, int height, int depth, int channels, Slices slices) {

    /** The values of a slice, x fastest, in an array that is the caller's. */
    public interface Slices {
        float[] of(int channel, int z);
    }

    /**
     * @param map of one image, in any order of axes
     */
    public static SlicedMap of(Tensor map) {
        if (map.size('b') != 1) {
            throw new IllegalArgumentException("map " + map + " is not of one image");
        }
        int width = map.size('x');
        int height = map.size('y');
        int step = map.stride('x');
        int row = map.stride('y');
        return new SlicedMap(
                width,
                height,
                map.size('z'),
                map.size('c'),
                (c, z) -> {
                    int from = z * map.stride('z') + c * map.stride('c');
                    float[] values = new float[width * height];
                    for (int y = 0; y < height; y++) {
                        copy(map.data(), from + y * row, step, values, y * width, width);
                    }
                    return values;
                });
    }

    private static void copy(float[] from, int at, int step, float[] to, int target, int count) {
        if (step == 1) {
            System.arraycopy(from, at, to, target, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            to[target + i] = from[at + i * step];
        }
    }

    /** Another one on the same grid. */
    public SlicedMap with(int others, Slices made) {
        return new SlicedMap(width, height, depth, others, made);
    }

    public float[] slice(int channel, int z) {
        return slices.of(channel, z);
    }

    @Override
    public String toString() {
        return "zcyx [" + depth + ", " + channels + ", " + height + ", " + width + "]";
    }
}
