/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format;

import ij.ImagePlus;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;

/**
 * Where a file says that its voxels lie.
 *
 * @param affine voxel to world; null where the file does not say
 * @param sizes of a voxel along x, y, z, positive
 * @param unit of lengths
 * @param interval between frames in seconds; 0 where it is not known
 */
public record Placement(VoxelToWorld affine, double[] sizes, String unit, double interval) {

    /** Sizes only. */
    public static Placement ofSizes(double[] sizes, String unit, double interval) {
        return new Placement(null, sizes, unit, interval);
    }

    /**
     * From the steps of the axes in the file's world.
     *
     * @param columns what one voxel further along x, y, z is in that world; missing ones are right
     *     angles of length 1 to the others
     * @param origin of the first voxel's centre
     * @param signs -1 for each axis of the file's world that grows the other way than to the right,
     *     to the front and upwards
     */
    public static Placement ofColumns(
            double[][] columns, double[] origin, double[] signs, String unit, double interval) {
        double[][] all = complete(columns);
        double[] rows = new double[12];
        double[] sizes = new double[3];
        for (int row = 0; row < 3; row++) {
            for (int axis = 0; axis < 3; axis++) {
                rows[4 * row + axis] = signs[row] * all[axis][row] + 0.0;
            }
            rows[4 * row + 3] = signs[row] * origin[row] + 0.0;
        }
        VoxelToWorld affine = new VoxelToWorld(rows);
        for (int axis = 0; axis < 3; axis++) {
            sizes[axis] = affine.size(axis);
        }
        boolean sound = affine.voxel(0, 0, 0) != null;
        for (double number : rows) {
            sound &= Double.isFinite(number);
        }
        return sound
                ? new Placement(affine, sizes, unit, interval)
                : ofSizes(positive(sizes), unit, interval);
    }

    private static double[] positive(double[] sizes) {
        double[] positive = sizes.clone();
        for (int axis = 0; axis < 3; axis++) {
            boolean usable = sizes[axis] > 0 && Double.isFinite(sizes[axis]);
            positive[axis] = usable ? sizes[axis] : 1;
        }
        return positive;
    }

    /** Of an image in a volume's world, the axes that it does not have. */
    private static double[][] complete(double[][] columns) {
        double[][] all = new double[3][];
        for (int axis = 0; axis < 3; axis++) {
            boolean three = columns[axis] != null && columns[axis].length == 3;
            all[axis] = three ? columns[axis] : new double[3];
        }
        if (columns[2] == null) {
            double[] a = all[0];
            double[] b = all[1];
            double[] normal = {
                a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
            };
            double length =
                    Math.sqrt(
                            normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
            for (int row = 0; row < 3; row++) {
                all[2][row] = length > 0 ? normal[row] / length : 0;
            }
        }
        return all;
    }

    /** Gives an image its calibration and its place. */
    public void attach(ImagePlus image) {
        ImageGeometry.attach(image, affine, sizes, unit, interval);
    }
}
