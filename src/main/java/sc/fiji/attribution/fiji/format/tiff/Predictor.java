/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.tiff;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Undoes what makes a row easier to pack: differences to the number before (TIFF 6.0, section 14),
 * or, of floating point, differences of bytes that stand by their weight (Adobe's technical note
 * 3).
 */
final class Predictor {

    private Predictor() {}

    /**
     * Undoes it in place.
     *
     * @param samples of a pixel that stand together
     * @return the order of the bytes of a number in the row
     */
    static ByteOrder undo(byte[] bytes, int start, int length, int samples, Page page) {
        switch (page.predictor()) {
            case 2 -> add(bytes, start, length, samples, page.bits(), page.order());
            case 3 -> {
                for (int i = samples; i < length; i++) {
                    bytes[start + i] += bytes[start + i - samples];
                }
                int size = page.bits() / Byte.SIZE;
                byte[] row = new byte[length];
                for (int i = 0; i < length; i++) {
                    row[i] = bytes[start + i % size * (length / size) + i / size];
                }
                System.arraycopy(row, 0, bytes, start, length);
                return ByteOrder.BIG_ENDIAN;
            }
            default -> {}
        }
        return page.order();
    }

    private static void add(
            byte[] bytes, int start, int length, int samples, int bits, ByteOrder order) {
        ByteBuffer row = ByteBuffer.wrap(bytes, start, length).slice().order(order);
        int size = bits / Byte.SIZE;
        int back = samples * size;
        for (int i = back; i + size <= length; i += size) {
            switch (size) {
                case 1 -> row.put(i, (byte) (row.get(i) + row.get(i - back)));
                case 2 -> row.putShort(i, (short) (row.getShort(i) + row.getShort(i - back)));
                case 4 -> row.putInt(i, row.getInt(i) + row.getInt(i - back));
                default -> row.putLong(i, row.getLong(i) + row.getLong(i - back));
            }
        }
    }
}
