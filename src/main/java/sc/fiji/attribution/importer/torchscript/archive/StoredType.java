/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.archive;

import java.util.Arrays;
import java.util.Optional;
import org.tensorflow.proto.DataType;

/**
 * Element types of PyTorch.
 *
 * <p>All real numbers are computed in float32: a network in half precision, or in double, gives the
 * same map on any machine.
 */
public enum StoredType {
    BYTE("ByteStorage", 0, 1, DataType.DT_UINT8),
    CHAR("CharStorage", 1, 1, DataType.DT_INT8),
    SHORT("ShortStorage", 2, 2, DataType.DT_INT16),
    INT("IntStorage", 3, 4, DataType.DT_INT32),
    LONG("LongStorage", 4, 8, DataType.DT_INT64),
    HALF("HalfStorage", 5, 2, DataType.DT_FLOAT),
    FLOAT("FloatStorage", 6, 4, DataType.DT_FLOAT),
    DOUBLE("DoubleStorage", 7, 8, DataType.DT_FLOAT),
    BOOL("BoolStorage", 11, 1, DataType.DT_BOOL),
    BFLOAT16("BFloat16Storage", 15, 2, DataType.DT_FLOAT);

    private final String storage;
    private final int code;
    private final int bytes;
    private final DataType graph;

    StoredType(String storage, int code, int bytes, DataType graph) {
        this.storage = storage;
        this.code = code;
        this.bytes = bytes;
        this.graph = graph;
    }

    static Optional<StoredType> ofStorage(String name) {
        return Arrays.stream(values()).filter(type -> type.storage.equals(name)).findFirst();
    }

    /** By the number that code uses for a type ({@code dtype=6} is float). */
    public static Optional<StoredType> ofCode(long code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }

    /** The number that code uses. */
    public int code() {
        return code;
    }

    /** Of an element in the file. */
    int bytes() {
        return bytes;
    }

    /** What it is in the graph. */
    public DataType graph() {
        return graph;
    }
}
