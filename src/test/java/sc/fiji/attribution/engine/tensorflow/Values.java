/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tensorflow.proto.DataType;

/**
 * A small tensor, its values held in double precision whatever its type: test data.
 *
 * @param type DT_FLOAT, DT_DOUBLE, DT_INT32, DT_INT64 or DT_BOOL
 * @param shape extents, row-major; empty for a scalar
 * @param data the values; true is 1
 */
public record Values(DataType type, long[] shape, double[] data) {

    public static Values of(DataType type, long[] shape, double... data) {
        return new Values(type, shape, data);
    }

    public static int bytes(DataType type) {
        return switch (type) {
            case DT_FLOAT, DT_INT32 -> 4;
            case DT_DOUBLE, DT_INT64 -> 8;
            case DT_BOOL -> 1;
            default -> throw new IllegalArgumentException("no test data of type " + type);
        };
    }

    public static long count(long... shape) {
        long count = 1;
        for (long extent : shape) {
            count *= extent;
        }
        return count;
    }

    public int byteSize() {
        return data.length * bytes(type);
    }

    public Values as(DataType other) {
        return new Values(other, shape, data);
    }

    /** The same with all elements multiplied. */
    Values times(double factor) {
        double[] scaled = data.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return new Values(type, shape, scaled);
    }

    /** The same with one element changed. */
    public Values with(int index, double value) {
        double[] changed = data.clone();
        changed[index] = value;
        return new Values(type, shape, changed);
    }

    public void write(ByteBuffer to) {
        for (double value : data) {
            switch (type) {
                case DT_FLOAT -> to.putFloat((float) value);
                case DT_DOUBLE -> to.putDouble(value);
                case DT_INT32 -> to.putInt((int) value);
                case DT_INT64 -> to.putLong((long) value);
                default -> to.put((byte) value);
            }
        }
    }

    static Values read(DataType type, long[] shape, ByteBuffer from) {
        from.order(ByteOrder.nativeOrder());
        double[] data = new double[(int) count(shape)];
        for (int i = 0; i < data.length; i++) {
            data[i] =
                    switch (type) {
                        case DT_FLOAT -> from.getFloat();
                        case DT_DOUBLE -> from.getDouble();
                        case DT_INT32 -> from.getInt();
                        case DT_INT64 -> from.getLong();
                        case DT_BOOL -> from.get();
                        default -> throw new IllegalArgumentException("cannot read " + type);
                    };
        }
        return new Values(type, shape, data);
    }
}
