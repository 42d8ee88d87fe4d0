/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.nifti;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import sc.fiji.attribution.fiji.format.Scale;
import sc.fiji.attribution.fiji.format.VoxelGrid;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;

/**
 * The fields of a header of NIfTI-1, NIfTI-2 or Analyze 7.5 that say what the voxels are and where
 * they lie. Field names and meanings are those of {@code nifti1.h}; others' extensions, intents and
 * slice timing are not kept. See {@link NiftiRecord} for ours.
 *
 * @param order byte order of header and voxels
 * @param single whether the voxels follow in the same file ({@code n+1}) or stand in an {@code
 *     .img} beside it ({@code ni1})
 * @param dim extents of x, y, z, t and a fifth axis (ImageJ's channels), each at least 1
 * @param type how a voxel is stored
 * @param voxOffset bytes before the first voxel
 * @param pixdim positive steps along x, y, z and t; qfac (-1 or 1) is apart
 * @param slope factor of stored values; with {@code intercept} 0 and slope 1 they mean themselves
 * @param units {@code xyzt_units}: 1 m, 2 mm, 3 µm, plus 8 s, 16 ms, 24 µs
 * @param qform code, then b, c, d and offsets x, y, z
 * @param sform code
 * @param srow the twelve numbers of the sform
 */
record NiftiHeader(
        ByteOrder order,
        boolean single,
        int[] dim,
        NiftiType type,
        long voxOffset,
        double[] pixdim,
        double qfac,
        double slope,
        double intercept,
        int units,
        double[] qform,
        int sform,
        VoxelToWorld srow) {

    /** Of a NIfTI-1 header, as it is written. */
    static final int BYTES = 348;

    /** The header as it stands in a file. */
    byte[] bytes() {
        ByteBuffer out = ByteBuffer.allocate(BYTES).order(order);
        out.putInt(0, BYTES);
        // Analyze readers look for this.
        out.put(38, (byte) 'r');
        int rank = dim[4] > 1 ? 5 : dim[3] > 1 ? 4 : 3;
        out.putShort(40, (short) rank);
        for (int axis = 0; axis < 7; axis++) {
            out.putShort(42 + 2 * axis, (short) (axis < dim.length ? dim[axis] : 1));
        }
        out.putShort(70, (short) type.code());
        out.putShort(72, (short) (8 * type.bytes()));
        out.putFloat(76, (float) qfac);
        for (int axis = 0; axis < 7; axis++) {
            out.putFloat(80 + 4 * axis, axis < pixdim.length ? (float) pixdim[axis] : 1);
        }
        out.putFloat(108, (float) voxOffset);
        out.putFloat(112, (float) slope);
        out.putFloat(116, (float) intercept);
        out.put(123, (byte) units);
        out.putShort(252, (short) qform[0]);
        out.putShort(254, (short) sform);
        for (int i = 0; i < 6; i++) {
            out.putFloat(256 + 4 * i, (float) qform[1 + i]);
        }
        for (int i = 0; i < 12; i++) {
            out.putFloat(280 + 4 * i, (float) srow.rows()[i]);
        }
        out.put(344, (single ? "n+1\0" : "ni1\0").getBytes(StandardCharsets.ISO_8859_1));
        return out.array();
    }

    /** The sform where there is one, else the qform, else the bare voxel sizes. */
    VoxelToWorld affine() {
        if (sform > 0) {
            return srow;
        }
        if (qform[0] > 0) {
            return VoxelToWorld.ofQuaternion(
                    qform[1], qform[2], qform[3], qfac, pixdim, Arrays.copyOfRange(qform, 4, 7));
        }
        return VoxelToWorld.scaling(pixdim[0], pixdim[1], pixdim[2]);
    }

    /** How the voxels stand in the file. */
    VoxelGrid grid() {
        return new VoxelGrid("xyztc", dim, type.stored(), order, new Scale(slope, intercept));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NiftiHeader header && Arrays.equals(bytes(), header.bytes());
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(dim), type);
    }
}
