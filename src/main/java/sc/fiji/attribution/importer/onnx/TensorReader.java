/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import sc.fiji.attribution.importer.onnx.RepeatedNumbers.Floats;
import sc.fiji.attribution.importer.onnx.RepeatedNumbers.Longs;

/** Reads tensors of a file: what they are, and the place of their bytes. */
final class TensorReader {

    private final Path file;
    private final Wire wire;

    TensorReader(Path file, Wire wire) {
        this.file = file;
        this.wire = wire;
    }

    /** The tensor that follows. */
    OnnxTensor read() throws IOException {
        String[] name = {""};
        int[] element = {0, 0};
        Longs dims = new Longs(wire);
        Longs integers = new Longs(wire);
        Longs wide = new Longs(wire);
        Floats numbers = new Floats(wire);
        Floats doubles = new Floats(wire);
        Wire.Region[] raw = {null};
        Map<String, String> outside = new LinkedHashMap<>();
        wire.message(
                (number, type) -> {
                    switch (number) {
                        case 1 -> dims.read(type);
                        case 2 -> element[0] = wire.in().readInt32();
                        case 4 -> numbers.read(type);
                        case 5 -> integers.read(type);
                        case 7, 11 -> wide.read(type);
                        case 8 -> name[0] = wire.text();
                        case 9 -> raw[0] = wire.region();
                        case 10 -> doubles.readDouble(type);
                        case 13 -> wire.entry(outside);
                        case 14 -> element[1] = wire.in().readInt32();
                        default -> {
                            return false;
                        }
                    }
                    return true;
                });
        long[] shape = dims.values();
        try {
            OnnxTensor.Stored stored = OnnxTensor.Stored.of(element[0]);
            long bytes = bytes(shape, stored);
            if (element[1] == 1) {
                return new ExternalData(file, outside).tensor(name[0], stored, shape, bytes);
            }
            if (raw[0] != null) {
                require(raw[0].length(), bytes);
                return new OnnxTensor(name[0], stored, shape, file, raw[0].offset(), bytes, null);
            }
            byte[] memory =
                    switch (stored) {
                        case FLOAT -> numbers.bytes();
                        case DOUBLE -> doubles.bytes();
                        case INT64, UINT64, UINT32 -> narrowed(wide.values(), stored.width);
                        default -> narrowed(integers.values(), stored.width);
                    };
            require(memory.length, bytes);
            return new OnnxTensor(name[0], stored, shape, null, 0, bytes, memory);
        } catch (IOException e) {
            throw new IOException("tensor '" + name[0] + "': " + e.getMessage(), e);
        }
    }

    private static long bytes(long[] shape, OnnxTensor.Stored stored) throws IOException {
        long bytes = stored.width;
        for (long extent : shape) {
            if (extent < 0
                    || extent > 0 && bytes > Integer.MAX_VALUE / extent
                    || extent > Integer.MAX_VALUE) {
                throw new IOException("its extents " + Arrays.toString(shape) + " cannot be");
            }
            bytes *= extent;
        }
        return bytes;
    }

    private static void require(long there, long needed) throws IOException {
        if (there != needed) {
            throw new IOException("it has " + there + " bytes instead of " + needed);
        }
    }

    private static byte[] narrowed(long[] values, int width) {
        ByteBuffer buffer =
                ByteBuffer.allocate(values.length * width).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            switch (width) {
                case 8 -> buffer.putLong(value);
                case 4 -> buffer.putInt((int) value);
                case 2 -> buffer.putShort((short) value);
                default -> buffer.put((byte) value);
            }
        }
        return buffer.array();
    }
}
