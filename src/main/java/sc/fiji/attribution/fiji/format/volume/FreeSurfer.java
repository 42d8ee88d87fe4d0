/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.volume;

import ij.ImagePlus;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.format.FileHead;
import sc.fiji.attribution.fiji.format.ImageFormat;
import sc.fiji.attribution.fiji.format.PackedFile;
import sc.fiji.attribution.fiji.format.Placement;
import sc.fiji.attribution.fiji.format.Scale;
import sc.fiji.attribution.fiji.format.Series;
import sc.fiji.attribution.fiji.format.UnreadKindException;
import sc.fiji.attribution.fiji.format.VoxelGrid;
import sc.fiji.attribution.fiji.format.VoxelType;

/**
 * FreeSurfer's {@code .mgh} and, packed by gzip, {@code .mgz}. A big-endian header of 284 bytes:
 * version, four extents, type, degrees of freedom, whether the geometry holds; then voxel sizes,
 * the directions of the axes as a 3×3 matrix by columns, and the centre of the volume, in a world
 * that grows to the right, the front and upwards. Frames become frames.
 */
public final class FreeSurfer implements ImageFormat {

    private static final int HEADER = 284;

    @Override
    public String name() {
        return "FreeSurfer MGH";
    }

    @Override
    public boolean readsPacked() {
        return true;
    }

    @Override
    public boolean recognises(FileHead file) {
        return file.endsIn(".mgh", ".mgz", ".mgh.gz");
    }

    @Override
    public ImagePlus read(Path file, Series series) {
        series.requireOnly(file);
        return PackedFile.readAll(file, in -> read(file, in));
    }

    private static ImagePlus read(Path file, InputStream in) throws IOException {
        byte[] bytes = new byte[HEADER];
        new DataInputStream(in).readFully(bytes);
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN);
        String name = String.valueOf(file.getFileName());
        if (header.getInt(0) != 1) {
            throw new ImageException(
                    name + ": is no FreeSurfer volume of version 1; it is damaged or another file");
        }
        int[] extents = new int[4];
        for (int axis = 0; axis < 4; axis++) {
            extents[axis] = header.getInt(4 + 4 * axis);
            if (extents[axis] < 1) {
                throw new ImageException(
                        name + ": extent " + extents[axis] + " in its header; it is damaged");
            }
        }
        VoxelType type =
                switch (header.getInt(20)) {
                    case 0 -> VoxelType.UINT8;
                    case 1 -> VoxelType.INT32;
                    case 3 -> VoxelType.FLOAT32;
                    case 4 -> VoxelType.INT16;
                    case 10 -> VoxelType.UINT16;
                    default ->
                            throw new UnreadKindException(
                                    name
                                            + ": is FreeSurfer MGH of voxel type "
                                            + header.getInt(20)
                                            + "; save it as float");
                };
        VoxelGrid grid = new VoxelGrid("xyzt", extents, type, ByteOrder.BIG_ENDIAN, Scale.NONE);
        PackedFile.requireLength(file, HEADER + grid.bytes());
        ImagePlus image = grid.read(in, file);
        placement(header, extents).attach(image);
        return image;
    }

    private static Placement placement(ByteBuffer header, int[] extents) {
        double[] sizes = {1, 1, 1};
        if (header.getShort(28) != 1) {
            return Placement.ofSizes(sizes, "mm", 0);
        }
        double[][] columns = new double[3][3];
        double[] centre = new double[3];
        for (int axis = 0; axis < 3; axis++) {
            float size = Math.abs(header.getFloat(30 + 4 * axis));
            sizes[axis] = size > 0 && Float.isFinite(size) ? size : 1;
            centre[axis] = header.getFloat(78 + 4 * axis);
            for (int row = 0; row < 3; row++) {
                columns[axis][row] = header.getFloat(42 + 12 * axis + 4 * row) * sizes[axis];
            }
        }
        double[] origin = centre.clone();
        for (int row = 0; row < 3; row++) {
            for (int axis = 0; axis < 3; axis++) {
                origin[row] -= columns[axis][row] * extents[axis] / 2.0;
            }
        }
        return Placement.ofColumns(columns, origin, new double[] {1, 1, 1}, "mm", 0);
    }
}
