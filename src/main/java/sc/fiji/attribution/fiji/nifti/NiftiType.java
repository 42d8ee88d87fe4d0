/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.nifti;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.ImageException;

/** How NIfTI-1 stores a voxel, and how to read one. */
enum NiftiType {
    UINT8(2, 1) {
        @Override
        double value(ByteBuffer in, int position) {
            return in.get(position) & 0xff;
        }
    },
    INT16(4, 2) {
        @Override
        double value(ByteBuffer in, int position) {
            return in.getShort(position);
        }
    },
    INT32(8, 4) {
        @Override
        double value(ByteBuffer in, int position) {
            return in.getInt(position);
        }
    },
    FLOAT32(16, 4) {
        @Override
        double value(ByteBuffer in, int position) {
            return in.getFloat(position);
        }
    },
    FLOAT64(64, 8) {
        @Override
        double value(ByteBuffer in, int position) {
            return in.getDouble(position);
        }
    },
    INT8(256, 1) {
        @Override
        double value(ByteBuffer in, int position) {
            return in.get(position);
        }
    },
    UINT16(512, 2) {
        @Override
        double value(ByteBuffer in, int position) {
            return in.getShort(position) & 0xffff;
        }
    },
    UINT32(768, 4) {
        @Override
        double value(ByteBuffer in, int position) {
            return in.getInt(position) & 0xffffffffL;
        }
    };

    private final int code;
    private final int bytes;

    NiftiType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** The header's {@code datatype}. */
    int code() {
        return code;
    }

    /** Bytes per voxel. */
    int bytes() {
        return bytes;
    }

    /**
     * The voxel that begins at that byte.
     *
     * @param in in the file's byte order
     */
    abstract double value(ByteBuffer in, int position);

    static NiftiType ofCode(int code, String name) {
        for (NiftiType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        String known =
                Arrays.stream(values())
                        .map(type -> type.name().toLowerCase())
                        .collect(Collectors.joining(", "));
        throw new ImageException(
                name + ": voxels of NIfTI datatype " + code + "; save them as one of " + known);
    }
}
