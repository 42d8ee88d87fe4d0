/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import java.nio.ByteBuffer;

/** How a number is stored, and how to read one. */
public enum VoxelType {
    UINT8(1, (in, at) -> in.get(at) & 0xff),
    INT8(1, ByteBuffer::get),
    UINT16(2, (in, at) -> in.getShort(at) & 0xffff),
    INT16(2, ByteBuffer::getShort),
    UINT32(4, (in, at) -> in.getInt(at) & 0xffffffffL),
    INT32(4, ByteBuffer::getInt),
    UINT64(8, (in, at) -> unsigned(in.getLong(at))),
    INT64(8, ByteBuffer::getLong),
    FLOAT32(4, ByteBuffer::getFloat),
    FLOAT64(8, ByteBuffer::getDouble);

    private interface Reading {
        double value(ByteBuffer in, int position);
    }

    private final int bytes;
    private final Reading reading;

    VoxelType(int bytes, Reading reading) {
        this.bytes = bytes;
        this.reading = reading;
    }

    /** Bytes per number. */
    public int bytes() {
        return bytes;
    }

    /**
     * The number that begins at that byte.
     *
     * @param in in the file's byte order
     */
    public double value(ByteBuffer in, int position) {
        return reading.value(in, position);
    }

    private static double unsigned(long value) {
        return value >= 0 ? value : (value >>> 1 | value & 1) * 2.0;
    }
}
