/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import sc.fiji.attribution.core.Tensor;

/**
 * 128 bits that tell values apart, so that what was computed of them is found again without keeping
 * them. Not for values that someone chose to collide.
 */
record Digest(long first, long second) {

    static final Digest NOTHING = new Digest(0, 0);

    /** Of one image of a batch. */
    static Digest of(Tensor batch, int image) {
        int length = batch.length() / batch.size('b');
        long a = 0x9E3779B97F4A7C15L;
        long b = 0xC2B2AE3D27D4EB4FL;
        for (int i = image * length; i < (image + 1) * length; i++) {
            long bits = Float.floatToRawIntBits(batch.data()[i]);
            a = (a ^ bits) * 0xFF51AFD7ED558CCDL;
            a ^= a >>> 32;
            b = (b + bits) * 0xC4CEB9FE1A85EC53L;
            b ^= b >>> 29;
        }
        return new Digest(a, b);
    }
}
