/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.machine;

/** IEEE 754's binary16, which Java reads from release 20 on. */
public final class HalfFloat {

    private HalfFloat() {}

    /** The number with these bits, of which the lower sixteen count. */
    public static float of(int bits) {
        int exponent = bits >> 10 & 31;
        int significand = bits & 1023;
        float magnitude =
                switch (exponent) {
                    case 0 -> significand * 0x1p-24f;
                    case 31 -> significand == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
                    default -> Math.scalb(1 + significand * 0x1p-10f, exponent - 15);
                };
        return (bits & 0x8000) == 0 ? magnitude : -magnitude;
    }
}
