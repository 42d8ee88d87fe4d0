/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.ir;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.tensorflow.proto.TensorProto;

/** Reads the numbers of a small constant, in whichever of its fields they are stored. */
public final class Constants {

    private static final int LARGEST = 1 << 16;

    private Constants() {}

    /**
     * The numbers of a constant; a single one may stand for many equal ones. Empty for text, for
     * types that are not read here and for large constants.
     */
    public static double[] values(TensorProto tensor) {
        return tensor.getTensorContent().isEmpty()
                ? fields(tensor)
                : content(
                        tensor.getTensorContent()
                                .asReadOnlyByteBuffer()
                                .order(ByteOrder.LITTLE_ENDIAN),
                        tensor);
    }

    private static double[] fields(TensorProto tensor) {
        List<? extends Number> numbers =
                switch (tensor.getDtype()) {
                    case DT_FLOAT -> tensor.getFloatValList();
                    case DT_DOUBLE -> tensor.getDoubleValList();
                    case DT_INT64 -> tensor.getInt64ValList();
                    case DT_INT32, DT_INT16, DT_INT8, DT_UINT8, DT_UINT16 -> tensor.getIntValList();
                    case DT_BOOL -> tensor.getBoolValList().stream().map(b -> b ? 1 : 0).toList();
                    default -> null;
                };
        if (numbers == null || numbers.size() > LARGEST) {
            return new double[0];
        }
        // TensorFlow leaves a lone zero out.
        return numbers.isEmpty()
                ? new double[] {0}
                : numbers.stream().mapToDouble(Number::doubleValue).toArray();
    }

    private static double[] content(ByteBuffer bytes, TensorProto tensor) {
        int size =
                switch (tensor.getDtype()) {
                    case DT_FLOAT, DT_INT32 -> 4;
                    case DT_DOUBLE, DT_INT64 -> 8;
                    case DT_BOOL, DT_UINT8 -> 1;
                    default -> 0;
                };
        if (size == 0 || bytes.remaining() > LARGEST) {
            return new double[0];
        }
        double[] values = new double[bytes.remaining() / size];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    switch (tensor.getDtype()) {
                        case DT_FLOAT -> bytes.getFloat();
                        case DT_INT32 -> bytes.getInt();
                        case DT_DOUBLE -> bytes.getDouble();
                        case DT_INT64 -> bytes.getLong();
                        default -> bytes.get() & 0xff;
                    };
        }
        return values;
    }
}
