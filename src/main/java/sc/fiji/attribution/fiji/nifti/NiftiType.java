/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.nifti;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import sc.fiji.attribution.fiji.format.UnreadKindException;
import sc.fiji.attribution.fiji.format.VoxelType;

/** NIfTI's codes of how a voxel is stored. */
enum NiftiType {
    UINT8(2),
    INT16(4),
    INT32(8),
    FLOAT32(16),
    FLOAT64(64),
    INT8(256),
    UINT16(512),
    UINT32(768),
    INT64(1024),
    UINT64(1280);

    private final int code;

    NiftiType(int code) {
        this.code = code;
    }

    /** The header's {@code datatype}. */
    int code() {
        return code;
    }

    VoxelType stored() {
        return VoxelType.valueOf(name());
    }

    /** Bytes per voxel. */
    int bytes() {
        return stored().bytes();
    }

    static NiftiType ofCode(int code, String name) {
        for (NiftiType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        String known =
                Arrays.stream(values())
                        .map(type -> type.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", "));
        throw new UnreadKindException(
                name + ": voxels of NIfTI datatype " + code + "; save them as one of " + known);
    }
}
