/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.nifti;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.UnreadKindException;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;

/**
 * Headers of NIfTI-1 ({@code nifti1.h}), NIfTI-2 ({@code nifti2.h}) and Analyze 7.5, in either byte
 * order. The two older ones have their fields at the same places; Analyze says nothing of where the
 * voxels lie, and as SPM writes it, it has a scale.
 */
final class NiftiParser {

    /** Of the longest header. */
    static final int BYTES = 540;

    /** CIFTI-2 marks its matrices so; they are no images. */
    private static final int CIFTI = 3000;

    private final ByteBuffer in;
    private final String name;
    private final boolean second;

    private NiftiParser(ByteBuffer in, String name, boolean second) {
        this.in = in;
        this.name = name;
        this.second = second;
    }

    /** Whether a file begins with a header of one of these kinds. */
    static boolean isHeader(byte[] bytes) {
        if (bytes.length < 4) {
            return false;
        }
        int size = ByteBuffer.wrap(bytes).getInt(0);
        int swapped = Integer.reverseBytes(size);
        return Math.min(Math.abs(size), Math.abs(swapped)) == NiftiHeader.BYTES
                || Math.min(Math.abs(size), Math.abs(swapped)) == BYTES;
    }

    /**
     * Reads a header.
     *
     * @param bytes at least those of the header; fewer where the file ended
     * @param name of the file, for messages
     */
    static NiftiHeader parse(byte[] bytes, String name) {
        if (bytes.length < NiftiHeader.BYTES) {
            throw new ImageException(
                    name
                            + ": has "
                            + bytes.length
                            + " bytes, less than a NIfTI-1 header; copy or download it again");
        }
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            ByteBuffer in = ByteBuffer.wrap(bytes).order(order);
            if (in.getInt(0) == NiftiHeader.BYTES) {
                return new NiftiParser(in, name, false).first();
            }
            if (in.getInt(0) == BYTES) {
                if (bytes.length < BYTES) {
                    throw new ImageException(
                            name
                                    + ": has "
                                    + bytes.length
                                    + " bytes, less than a NIfTI-2 header; copy or download it"
                                    + " again");
                }
                return new NiftiParser(in, name, true).second();
            }
        }
        throw new ImageException(
                name
                        + ": is not a NIfTI-1 file (no header of 348 bytes); check the file, or open"
                        + " it with Fiji's own importers");
    }

    private NiftiHeader first() {
        String magic = text(344, 4);
        boolean analyze = !magic.equals("n+1\0") && !magic.equals("ni1\0");
        if (analyze && (!magic.equals("\0\0\0\0") || name.matches("(?i).*\\.nii(\\.gz)?"))) {
            throw new ImageException(
                    name
                            + ": has no NIfTI-1 magic number (n+1 or ni1), and is no Analyze 7.5"
                            + " header either; it is damaged");
        }
        boolean single = magic.startsWith("n+1");
        double[] srow = floats(280, 12);
        return header(
                single,
                dim(40),
                in.getShort(70),
                in.getFloat(108),
                numbers(76),
                scale(in.getFloat(112), analyze ? 0 : in.getFloat(116)),
                // Of Analyze, the bytes after the scale are the writer's own.
                analyze ? 2 : in.get(123),
                analyze ? new double[7] : qform(in.getShort(252), floats(256, 6)),
                analyze ? 0 : in.getShort(254),
                analyze ? new double[12] : srow);
    }

    private NiftiHeader second() {
        String magic = text(4, 8);
        if (!magic.matches("(?s)n[+i]2\0\r\n\u001a\n")) {
            throw new ImageException(
                    name + ": has no NIfTI-2 magic number (n+2 or ni2); it is damaged");
        }
        int intent = in.getInt(504);
        if (intent >= CIFTI && intent < CIFTI + 100) {
            throw new UnreadKindException(
                    name + ": is CIFTI-2 (a matrix over a surface), not a volume");
        }
        return header(
                magic.startsWith("n+2"),
                dim(16),
                in.getShort(12),
                in.getLong(168),
                numbers(104),
                scale(in.getDouble(176), in.getDouble(184)),
                in.getInt(500),
                qform(in.getInt(344), doubles(352, 6)),
                in.getInt(348),
                doubles(400, 12));
    }

    private NiftiHeader header(
            boolean single,
            int[] dim,
            int type,
            double offset,
            double[] pixdim,
            double[] scale,
            int units,
            double[] qform,
            int sform,
            double[] srow) {
        double[] steps = Arrays.copyOfRange(pixdim, 1, 5);
        for (int axis = 0; axis < steps.length; axis++) {
            double step = Math.abs(steps[axis]);
            steps[axis] = step > 0 && Double.isFinite(step) ? step : 1;
        }
        return new NiftiHeader(
                in.order(),
                single,
                dim,
                NiftiType.ofCode(type, name),
                offset(offset, single),
                steps,
                pixdim[0] < 0 ? -1 : 1,
                scale[0],
                scale[1],
                units & 63,
                qform,
                finite(srow) ? sform : 0,
                new VoxelToWorld(srow));
    }

    /** By the standard, a slope of zero says that nothing is scaled; NaN is seen to mean that. */
    private static double[] scale(double slope, double intercept) {
        boolean scaled = slope != 0 && Double.isFinite(slope) && Double.isFinite(intercept);
        return scaled ? new double[] {slope, intercept} : new double[] {1, 0};
    }

    private int[] dim(int position) {
        int width = second ? 8 : 2;
        long rank = second ? in.getLong(position) : in.getShort(position);
        if (rank < 1 || rank > 7) {
            throw new ImageException(
                    name + ": the header claims " + rank + " dimensions; the file is damaged");
        }
        int[] dim = {1, 1, 1, 1, 1};
        for (int axis = 0; axis < rank; axis++) {
            int at = position + width * (axis + 1);
            long extent = second ? in.getLong(at) : in.getShort(at);
            boolean damaged = extent < 1 || extent > Integer.MAX_VALUE;
            if (damaged || axis >= dim.length && extent > 1) {
                throw new ImageException(
                        name
                                + ": extent "
                                + extent
                                + " on axis "
                                + (axis + 1)
                                + (damaged
                                        ? "; the file is damaged"
                                        : "; up to five axes are read, split the file"));
            }
            if (axis < dim.length) {
                dim[axis] = (int) extent;
            }
        }
        return dim;
    }

    private long offset(double offset, boolean single) {
        if (!(offset >= 0) || offset > Integer.MAX_VALUE) {
            throw new ImageException(
                    name + ": the header puts the voxels at byte " + offset + "; it is damaged");
        }
        int header = second ? BYTES : NiftiHeader.BYTES;
        return single ? Math.max(header, (long) offset) : (long) offset;
    }

    private static double[] qform(int code, double[] values) {
        double[] qform = new double[7];
        if (finite(values)) {
            qform[0] = code;
            System.arraycopy(values, 0, qform, 1, 6);
        }
        return qform;
    }

    private double[] numbers(int position) {
        return second ? doubles(position, 5) : floats(position, 5);
    }

    private double[] floats(int position, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.getFloat(position + 4 * i);
        }
        return values;
    }

    private double[] doubles(int position, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.getDouble(position + 8 * i);
        }
        return values;
    }

    private String text(int position, int count) {
        byte[] bytes = new byte[count];
        in.get(position, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static boolean finite(double[] values) {
        return Arrays.stream(values).allMatch(Double::isFinite);
    }
}
