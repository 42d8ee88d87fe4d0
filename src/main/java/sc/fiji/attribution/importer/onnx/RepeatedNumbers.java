/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A field that stands many times in a message, packed or one by one. */
final class RepeatedNumbers {

    private RepeatedNumbers() {}

    /** Whole numbers. */
    static final class Longs {
        private final Wire wire;
        private long[] values = new long[8];
        private int count;

        Longs(Wire wire) {
            this.wire = wire;
        }

        void read(int type) throws IOException {
            if (type != 2) {
                add(wire.in().readInt64());
                return;
            }
            int limit = wire.in().pushLimit(wire.in().readRawVarint32());
            while (wire.in().getBytesUntilLimit() > 0) {
                add(wire.in().readInt64());
            }
            wire.in().popLimit(limit);
        }

        private void add(long value) {
            values = count == values.length ? Arrays.copyOf(values, 2 * count) : values;
            values[count++] = value;
        }

        long[] values() {
            return Arrays.copyOf(values, count);
        }
    }

    /** Floating point. */
    static final class Floats {
        private final Wire wire;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Floats(Wire wire) {
            this.wire = wire;
        }

        void read(int type) throws IOException {
            bytes.writeBytes(
                    type == 2
                            ? wire.in().readByteArray()
                            : little(wire.in().readRawLittleEndian32()));
        }

        /** One of double precision. */
        void readDouble(int type) throws IOException {
            if (type == 2) {
                read(type);
                return;
            }
            long bits = wire.in().readRawLittleEndian64();
            bytes.writeBytes(little((int) bits));
            bytes.writeBytes(little((int) (bits >>> 32)));
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }

        float[] values() {
            ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
            float[] values = new float[buffer.remaining() / Float.BYTES];
            buffer.asFloatBuffer().get(values);
            return values;
        }
    }

    private static byte[] little(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }
}
