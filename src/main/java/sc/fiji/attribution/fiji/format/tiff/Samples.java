/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The numbers of a row. Those of whole bytes stand in the file's order, others as bits, the highest
 * first.
 */
final class Samples {

    private final ByteBuffer bytes;
    private final int start;
    private final int bits;

    Samples(byte[] bytes, int start, int bits, ByteOrder order) {
        this.bytes = ByteBuffer.wrap(bytes).order(order);
        this.start = start;
        this.bits = bits;
    }

    /**
     * Copies every {@code step}th number from the {@code first} on.
     *
     * @param to an array of {@link Page#plane}
     * @param at where in it
     */
    void copy(int first, int step, int count, Page.Kind kind, Object to, int at) {
        for (int i = 0; i < count; i++) {
            int index = first + i * step;
            if (to instanceof byte[] values) {
                values[at + i] = (byte) whole(index);
            } else if (to instanceof short[] values) {
                values[at + i] = (short) whole(index);
            } else if (to instanceof float[] values) {
                values[at + i] =
                        switch (kind) {
                            case REAL -> real(index);
                            case SIGNED -> whole(index) << Long.SIZE - bits >> Long.SIZE - bits;
                            case UNSIGNED -> unsigned(whole(index));
                        };
            }
        }
    }

    private static float unsigned(long value) {
        return value >= 0 ? value : (float) ((value >>> 1) * 2.0);
    }

    private long whole(int index) {
        int size = bits / Byte.SIZE;
        int at = start + index * size;
        switch (bits) {
            case 8:
                return bytes.get(at) & 0xff;
            case 16:
                return bytes.getShort(at) & 0xffff;
            case 32:
                return bytes.getInt(at) & 0xffffffffL;
            case 64:
                return bytes.getLong(at);
            case 24:
                boolean low = bytes.order() == ByteOrder.LITTLE_ENDIAN;
                return (bytes.get(low ? at + 2 : at) & 0xffL) << 16
                        | (bytes.get(at + 1) & 0xff) << 8
                        | bytes.get(low ? at : at + 2) & 0xff;
            default:
                long value = 0;
                long bit = (long) index * bits;
                for (int i = 0; i < bits; i++, bit++) {
                    int of = bytes.get(start + (int) (bit >> 3)) >> 7 - (int) (bit & 7) & 1;
                    value = value << 1 | of;
                }
                return value;
        }
    }

    private float real(int index) {
        return switch (bits) {
            case 16 -> half((int) whole(index));
            case 32 -> Float.intBitsToFloat((int) whole(index));
            default -> (float) Double.longBitsToDouble(whole(index));
        };
    }

    /** A number of IEEE 754 with 16 bits: 1 of sign, 5 of exponent, 10 of fraction. */
    private static float half(int bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        float size =
                switch (exponent) {
                    case 0 -> Math.scalb((float) fraction, -24);
                    case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
                    default -> Math.scalb((float) (fraction | 0x400), exponent - 25);
                };
        return bits >> 15 == 0 ? size : -size;
    }
}
