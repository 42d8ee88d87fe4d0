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
import sc.fiji.attribution.core.ImageException;

/**
 * The fields of a NIfTI-1 header (348 bytes) that say what the voxels are and where they lie. Field
 * names and meanings are those of {@code nifti1.h}; extensions, intents and slice timing are not
 * kept.
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

    static final int BYTES = 348;
    private static final int NIFTI2_BYTES = 540;

    /**
     * Reads a header.
     *
     * @param bytes 348 bytes; fewer where the file ended
     * @param name of the file, for messages
     */
    static NiftiHeader parse(byte[] bytes, String name) {
        if (bytes.length < BYTES) {
            throw new ImageException(
                    name
                            + ": has "
                            + bytes.length
                            + " bytes, less than a NIfTI-1 header; copy or download it again");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getInt(0) != BYTES) {
            in.order(ByteOrder.BIG_ENDIAN);
        }
        if (in.getInt(0) != BYTES) {
            boolean second =
                    in.getInt(0) == NIFTI2_BYTES
                            || Integer.reverseBytes(in.getInt(0)) == NIFTI2_BYTES;
            throw new ImageException(
                    name
                            + (second
                                    ? ": is NIfTI-2, only NIfTI-1 is read; save it as NIfTI-1"
                                    : ": is not a NIfTI-1 file (no header of 348 bytes); check the"
                                            + " file, or open it with Fiji's own importers"));
        }
        String magic = new String(bytes, 344, 4, StandardCharsets.ISO_8859_1);
        if (!magic.equals("n+1\0") && !magic.equals("ni1\0")) {
            throw new ImageException(
                    name
                            + ": has no NIfTI-1 magic number (n+1 or ni1); if it is Analyze 7.5,"
                            + " open it with File > Open and save it as TIFF");
        }
        int[] dim = dim(in, name);
        double slope = in.getFloat(112);
        double intercept = in.getFloat(116);
        // By the standard, a slope of zero says that nothing is scaled; NaN is seen to mean that.
        boolean scaled = slope != 0 && Double.isFinite(slope) && Double.isFinite(intercept);
        double[] srow = floats(in, 280, 12);
        return new NiftiHeader(
                in.order(),
                magic.startsWith("n+1"),
                dim,
                NiftiType.ofCode(in.getShort(70), name),
                offset(in.getFloat(108), magic.startsWith("n+1"), name),
                steps(in),
                in.getFloat(76) < 0 ? -1 : 1,
                scaled ? slope : 1,
                scaled ? intercept : 0,
                in.get(123) & 63,
                qform(in),
                finite(srow) ? in.getShort(254) : 0,
                new VoxelToWorld(srow));
    }

    private static int[] dim(ByteBuffer in, String name) {
        int rank = in.getShort(40);
        if (rank < 1 || rank > 7) {
            throw new ImageException(
                    name + ": the header claims " + rank + " dimensions; the file is damaged");
        }
        int[] dim = {1, 1, 1, 1, 1};
        for (int axis = 0; axis < rank; axis++) {
            int extent = in.getShort(42 + 2 * axis);
            if (extent < 1 || (axis >= dim.length && extent > 1)) {
                throw new ImageException(
                        name
                                + ": extent "
                                + extent
                                + " on axis "
                                + (axis + 1)
                                + (extent < 1
                                        ? "; the file is damaged"
                                        : "; up to five axes are read, split the file"));
            }
            if (axis < dim.length) {
                dim[axis] = extent;
            }
        }
        return dim;
    }

    private static long offset(float offset, boolean single, String name) {
        if (!(offset >= 0) || offset > Integer.MAX_VALUE) {
            throw new ImageException(
                    name + ": the header puts the voxels at byte " + offset + "; it is damaged");
        }
        return single ? Math.max(BYTES, (long) offset) : (long) offset;
    }

    private static double[] steps(ByteBuffer in) {
        double[] steps = floats(in, 80, 4);
        for (int axis = 0; axis < steps.length; axis++) {
            double step = Math.abs(steps[axis]);
            steps[axis] = step > 0 && Double.isFinite(step) ? step : 1;
        }
        return steps;
    }

    private static double[] qform(ByteBuffer in) {
        double[] values = floats(in, 256, 6);
        double[] qform = new double[7];
        if (finite(values)) {
            qform[0] = in.getShort(252);
            System.arraycopy(values, 0, qform, 1, 6);
        }
        return qform;
    }

    private static double[] floats(ByteBuffer in, int position, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.getFloat(position + 4 * i);
        }
        return values;
    }

    private static boolean finite(double[] values) {
        return Arrays.stream(values).allMatch(Double::isFinite);
    }

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
        out.putFloat(108, voxOffset);
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

    /** Bytes of all voxels; overflows to {@link Long#MAX_VALUE}. */
    long dataBytes() {
        double bytes = type.bytes();
        for (int extent : dim) {
            bytes *= extent;
        }
        return (long) bytes;
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
