/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.core.machine.HalfFloat;
import sc.fiji.attribution.importer.Weight;

/**
 * A tensor of the file. Its numbers lie in the file itself, in one beside it, or, where they were
 * stored as numbers rather than bytes, in memory.
 *
 * @param stored how an element is stored
 * @param shape extents
 * @param file where the bytes are; null if in memory
 * @param bytes in memory, or null
 */
record OnnxTensor(
        String name, Stored stored, long[] shape, Path file, long offset, long length, byte[] bytes)
        implements Weight {

    private static final int PART = 1 << 20;

    /** Element types by their numbers in the format, as far as they are read. */
    enum Stored {
        FLOAT(1, 4, DataType.DT_FLOAT),
        UINT8(2, 1, DataType.DT_UINT8),
        INT8(3, 1, DataType.DT_INT8),
        UINT16(4, 2, DataType.DT_UINT16),
        INT16(5, 2, DataType.DT_INT16),
        INT32(6, 4, DataType.DT_INT32),
        INT64(7, 8, DataType.DT_INT64),
        BOOL(9, 1, DataType.DT_BOOL),
        FLOAT16(10, 2, DataType.DT_FLOAT),
        DOUBLE(11, 8, DataType.DT_DOUBLE),
        UINT32(12, 4, DataType.DT_UINT32),
        UINT64(13, 8, DataType.DT_UINT64),
        BFLOAT16(16, 2, DataType.DT_FLOAT);

        final int number;
        final int width;
        final DataType type;

        Stored(int number, int width, DataType type) {
            this.number = number;
            this.width = width;
            this.type = type;
        }

        static Stored of(int number) throws IOException {
            for (Stored each : values()) {
                if (each.number == number) {
                    return each;
                }
            }
            throw new IOException("numbers of type " + number + " are not supported");
        }
    }

    @Override
    public DataType type() {
        return stored.type;
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public ByteBuffer read() throws IOException {
        ByteBuffer raw = bytes != null ? ByteBuffer.wrap(bytes) : load();
        raw.order(ByteOrder.LITTLE_ENDIAN);
        return switch (stored) {
            case FLOAT16 -> wide(raw, true);
            case BFLOAT16 -> wide(raw, false);
            default -> raw;
        };
    }

    private ByteBuffer load() throws IOException {
        ByteBuffer raw = ByteBuffer.allocate(Math.toIntExact(length));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            // The channel takes as much memory again as it is asked for, and keeps it.
            while (raw.hasRemaining()) {
                ByteBuffer part = raw.slice(raw.position(), Math.min(PART, raw.remaining()));
                int count = channel.read(part, offset + raw.position());
                if (count < 0) {
                    throw new IOException("'" + file.getFileName() + "' is truncated");
                }
                raw.position(raw.position() + count);
            }
        }
        return raw.flip();
    }

    private static ByteBuffer wide(ByteBuffer raw, boolean half) {
        ByteBuffer wide = ByteBuffer.allocate(raw.remaining() * 2).order(ByteOrder.LITTLE_ENDIAN);
        while (raw.remaining() >= Short.BYTES) {
            int bits = raw.getShort() & 0xffff;
            wide.putFloat(half ? HalfFloat.of(bits) : Float.intBitsToFloat(bits << 16));
        }
        return wide.flip();
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
