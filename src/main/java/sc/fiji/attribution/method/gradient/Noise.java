/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import java.util.SplittableRandom;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.SampleRandom;

/** Gaussian noise that depends on the seed and on the sample's number only, not on the batch. */
@FunctionalInterface
interface Noise {

    Option.Whole SEED = Declaration.SEED;

    /**
     * Adds the noise of sample {@code index} to data, from {@code offset}, {@code length} values.
     */
    void add(int index, float[] data, int offset, int length);

    /** White noise of that standard deviation; none where it is 0. */
    static Noise gaussian(double deviation, int seed) {
        if (deviation == 0) {
            return (index, data, offset, length) -> {};
        }
        return (index, data, offset, length) -> {
            SplittableRandom random = random(seed, index);
            for (int i = offset; i < offset + length; i++) {
                data[i] += (float) (deviation * random.nextGaussian());
            }
        };
    }

    /** The random numbers of one sample. */
    static SplittableRandom random(int seed, int index) {
        return SampleRandom.of(seed, index);
    }

    /** The spread of an image's values: its largest minus its smallest. */
    static double range(float[] values) {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        for (float value : values) {
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        return (double) max - min;
    }
}
