/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fuzz;

import java.util.Arrays;
import java.util.Random;

/** Damages bytes as broken disks, copies that ended, and people do. */
public final class Damage {

    private static final int[] TELLING = {0, 1, 0x7f, 0x80, 0xff, 0x20, 0x0a};

    private Damage() {}

    /** A damaged copy. */
    public static byte[] of(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int k = random.nextInt(4); k >= 0 && bytes.length > 0; k--) {
            bytes = once(bytes, random);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        int length = Math.min(1 + random.nextInt(16), bytes.length - at);
        switch (random.nextInt(8)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) TELLING[random.nextInt(TELLING.length)];
            case 2 -> Arrays.fill(bytes, at, at + length, (byte) 0xff);
            case 3 -> Arrays.fill(bytes, at, at + length, (byte) 0);
            case 4 -> bytes[at] = (byte) random.nextInt();
            case 5 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 6 -> {
                // What was there comes twice, and all behind it lies elsewhere.
                byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
                System.arraycopy(bytes, at, longer, at + length, bytes.length - at);
                return longer;
            }
            default -> {
                byte[] shorter = Arrays.copyOf(bytes, bytes.length - length);
                System.arraycopy(bytes, at + length, shorter, at, bytes.length - at - length);
                return shorter;
            }
        }
        return bytes;
    }
}
