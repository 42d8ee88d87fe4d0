/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;

/** Damages bytes as broken disks, copies that ended, and people do. */
public final class Damage {

    private static final int[] TELLING = {0, 1, 0x7f, 0x80, 0xff, 0x20, 0x0a};

    private static final int[] NUMBERS = {
        -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0, 1, 65535, 1 << 24
    };

    /** What numbers and YAML are made of. */
    private static final String SIGNS = "0123456789-:.()&*!%{}[] \n\0\u00ff";

    private static final int HEADER = 600;

    private Damage() {}

    /** A damaged copy. */
    public static byte[] of(byte[] original, Random random) {
        byte[] bytes = original.clone();
        for (int k = random.nextInt(4); k >= 0 && bytes.length > 0; k--) {
            bytes = once(bytes, random);
        }
        return bytes;
    }

    /** An extent or an offset that means much more, or nothing. */
    private static void number(byte[] bytes, int at, Random random) {
        if (bytes.length >= Integer.BYTES) {
            ByteBuffer.wrap(bytes)
                    .order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                    .putInt(
                            Math.min(at, bytes.length - Integer.BYTES),
                            NUMBERS[random.nextInt(NUMBERS.length)]);
        }
    }

    /** A damaged copy of what has a header, which matters most. */
    public static byte[] ofHeader(byte[] original, Random random) {
        if (random.nextInt(3) == 0 || original.length <= HEADER) {
            return of(original, random);
        }
        byte[] header = of(Arrays.copyOf(original, HEADER), random);
        byte[] all = Arrays.copyOf(header, header.length + original.length - HEADER);
        System.arraycopy(original, HEADER, all, header.length, original.length - HEADER);
        return all;
    }

    private static byte[] once(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        int length = Math.min(1 + random.nextInt(16), bytes.length - at);
        switch (random.nextInt(12)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) TELLING[random.nextInt(TELLING.length)];
            case 2 -> Arrays.fill(bytes, at, at + length, (byte) 0xff);
            case 3 -> Arrays.fill(bytes, at, at + length, (byte) 0);
            case 4 -> bytes[at] = (byte) random.nextInt();
            case 5 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 8 -> bytes[at] = (byte) SIGNS.charAt(random.nextInt(SIGNS.length()));
            case 9 -> number(bytes, at, random);
            case 10 -> {
                int from = random.nextInt(bytes.length);
                System.arraycopy(
                        bytes,
                        from,
                        bytes,
                        at,
                        Math.min(length, bytes.length - Math.max(at, from)));
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
