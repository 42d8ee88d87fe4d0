/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.file;

import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.Weight;

/**
 * An array of numbers in a file, as it stands there; read as 32-bit floating point.
 *
 * @param file the file
 * @param path where it stands in it
 * @param shape its extents, slowest first
 * @param dataset its description
 */
public record StoredArray(Hdf5File file, String path, long[] shape, Dataset dataset)
        implements Weight {

    private static final int PART = 1 << 20;

    static StoredArray of(Hdf5File file, String path, Dataset dataset) {
        if (dataset.isCompound() || dataset.isVariableLength()) {
            throw new ModelException(
                    "its weight '"
                            + OneLine.of(path)
                            + "' is no array of numbers: save the model again.");
        }
        return new StoredArray(file, path, dataset.getDimensionsAsLong().clone(), dataset);
    }

    @Override
    public org.tensorflow.proto.DataType type() {
        return org.tensorflow.proto.DataType.DT_FLOAT;
    }

    @Override
    public ByteBuffer read() throws IOException {
        ByteBuffer bytes = allocate(checked());
        read(bytes.asFloatBuffer()::put);
        return bytes;
    }

    @Override
    public void pieces(Sink sink) throws IOException {
        checked();
        read(
                values -> {
                    ByteBuffer bytes = allocate(values.remaining());
                    bytes.asFloatBuffer().put(values);
                    sink.put(bytes);
                });
    }

    private static ByteBuffer allocate(int numbers) {
        return ByteBuffer.allocate(Math.multiplyExact(numbers, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** How many elements there are, which the file has room for. */
    private int checked() {
        long size = size();
        if (size > file.window().size()
                || dataset instanceof ContiguousDataset
                        && size > file.window().size() / dataset.getDataType().getSize()) {
            throw new ModelException(
                    "Weight '" + OneLine.of(path) + "' is truncated: copy the file again.");
        }
        return Math.toIntExact(size);
    }

    /** What takes the values, a part at a time. */
    private interface Values {
        void put(FloatBuffer values) throws IOException;
    }

    /**
     * Hands on all values, in order, never more than a few megabytes at a time where the file
     * allows it.
     *
     * @throws ModelException where the file does not hold what it says
     * @throws IOException from what takes them alone
     */
    private void read(Values values) throws IOException {
        if (dataset instanceof ContiguousDataset contiguous) {
            readContiguous(contiguous, values);
        } else {
            values.put(file.guarded(() -> FloatBuffer.wrap(floats(dataset.getDataFlat()))));
        }
    }

    /** All values at once, for what is small. */
    public float[] values() {
        FloatBuffer all = FloatBuffer.allocate(checked());
        try {
            read(all::put);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return all.array();
    }

    private void readContiguous(ContiguousDataset contiguous, Values values) throws IOException {
        DataType type = dataset.getDataType();
        int width = type.getSize();
        long left = size();
        long at = file.guarded(() -> address(contiguous, left, width));
        int part = (int) Math.min(PART / width, Math.max(left, 1));
        ByteBuffer bytes = ByteBuffer.allocate(part * width).order(order(type));
        for (long end = at + left * width; at < end; at += bytes.limit()) {
            long from = at;
            bytes.clear().limit((int) Math.min(bytes.capacity(), end - at));
            values.put(file.guarded(() -> decoded(filled(bytes, from), type)));
        }
    }

    private long address(ContiguousDataset contiguous, long count, int width) {
        long at = contiguous.getDataAddress() + contiguous.getHdfFile().getUserBlockSize();
        if (count > 0 && (at < 0 || count > (file.window().size() - at) / width)) {
            throw truncated();
        }
        return at;
    }

    private ByteBuffer filled(ByteBuffer bytes, long start) {
        try {
            for (long from = start; bytes.hasRemaining(); ) {
                int count = file.window().read(bytes, from);
                if (count < 0) {
                    throw truncated();
                }
                from += count;
            }
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
        return bytes.flip();
    }

    private IllegalStateException truncated() {
        return new IllegalStateException("weight '" + path + "' is truncated");
    }

    private ByteOrder order(DataType type) {
        boolean plain =
                type instanceof FloatingPoint real
                        && (is(real, 2, 5, 15) || is(real, 4, 8, 127) || is(real, 8, 11, 1023));
        if (plain) {
            return ((FloatingPoint) type).getByteOrder();
        }
        if (type instanceof FixedPoint whole && whole.getSize() <= Long.BYTES) {
            return whole.getByteOrder();
        }
        throw new ModelException(
                "Weight '"
                        + OneLine.of(path)
                        + "' has a number type that is not read here: save the model in float32.");
    }

    private static boolean is(FloatingPoint type, int size, int exponent, int bias) {
        return type.getSize() == size
                && type.getExponentSize() == exponent
                && type.getExponentBias() == bias;
    }

    private static FloatBuffer decoded(ByteBuffer bytes, DataType type) {
        int width = type.getSize();
        if (type instanceof FloatingPoint && width == Float.BYTES) {
            return bytes.asFloatBuffer();
        }
        FloatBuffer values = FloatBuffer.allocate(bytes.remaining() / width);
        while (bytes.hasRemaining()) {
            values.put(
                    type instanceof FloatingPoint
                            ? width == Short.BYTES
                                    ? half(bytes.getShort())
                                    : (float) bytes.getDouble()
                            : whole(bytes, (FixedPoint) type));
        }
        return values.flip();
    }

    private static float whole(ByteBuffer bytes, FixedPoint type) {
        long value =
                switch (type.getSize()) {
                    case 1 -> bytes.get();
                    case 2 -> bytes.getShort();
                    case 4 -> bytes.getInt();
                    default -> bytes.getLong();
                };
        int bits = 8 * type.getSize();
        return type.isSigned() || bits == Long.SIZE ? value : value & (1L << bits) - 1;
    }

    /** IEEE 754's binary16. */
    static float half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        float magnitude =
                exponent == 0
                        ? Math.scalb((float) fraction, -24)
                        : exponent == 0x1f
                                ? fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN
                                : Math.scalb((float) (fraction | 0x400), exponent - 25);
        return bits < 0 ? -magnitude : magnitude;
    }

    private float[] floats(Object data) {
        if (data instanceof float[] floats) {
            return floats;
        }
        int length = java.lang.reflect.Array.getLength(data);
        float[] floats = new float[length];
        for (int i = 0; i < length; i++) {
            floats[i] = ((Number) java.lang.reflect.Array.get(data, i)).floatValue();
        }
        return floats;
    }

    /** Its extents, for messages. */
    public String describe() {
        return Arrays.toString(shape);
    }
}
