/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.grid;

/**
 * How the model's grid lies in the image, so that lengths can be said in voxels of the image or in
 * its calibrated unit. Arrays are in the order x, y, z.
 *
 * @param scale voxels of the model's grid per voxel of the image
 * @param size extent of a voxel of the image in the calibrated unit
 * @param unit of calibration, for example {@code mm}; {@code pixel} without one
 */
public record Grid(double[] scale, double[] size, String unit) {

    private static final String ORDER = "xyz";

    /** The model sees the image's own voxels, and these have no unit. */
    public static final Grid SAME =
            new Grid(new double[] {1, 1, 1}, new double[] {1, 1, 1}, "pixel");

    /** Voxels of the model's grid in that many voxels of the image. */
    public double fromVoxels(char axis, double voxels) {
        return voxels * scale[ORDER.indexOf(axis)];
    }

    /** Voxels of the model's grid in that length. */
    public double fromUnits(char axis, double length) {
        return fromVoxels(axis, length / size[ORDER.indexOf(axis)]);
    }

    /** Extent of a voxel of the model's grid in the calibrated unit. */
    public double spacing(char axis) {
        int i = ORDER.indexOf(axis);
        return size[i] / scale[i];
    }
}
