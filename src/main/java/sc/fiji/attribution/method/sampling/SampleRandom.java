/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.sampling;

import java.util.SplittableRandom;

/** Random numbers that depend on the seed and the sample's number only, not on the batch. */
public final class SampleRandom {

    private SampleRandom() {}

    /** The random numbers of one sample. */
    public static SplittableRandom of(int seed, long sample) {
        // Neighbouring seeds must not draw the same numbers, one draw later.
        long start = new SplittableRandom(seed).nextLong();
        return new SplittableRandom(start + sample);
    }
}
