/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.geometry;

import ij.ImagePlus;
import java.util.Arrays;
import java.util.Optional;

/**
 * Which axis of a volume runs along which axis of the body. Where the volume lies at an angle it is
 * the nearest one, as in viewers of the clinic.
 *
 * @param axis the voxel axis (0 to 2: x, y, z) nearest to left-right, back-front and down-up
 * @param sign 1 where the voxel's index grows to the right, to the front or upwards, else -1
 */
public record BodyAxes(int[] axis, int[] sign) {

    private static final int[][] ORDERS = {
        {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}
    };

    /** Whether another volume is stored along the same axes and in the same directions. */
    public boolean isAlong(BodyAxes other) {
        return Arrays.equals(axis, other.axis) && Arrays.equals(sign, other.sign);
    }

    /**
     * Where x, y and z grow to: {@code RAS} to the right, to the front (anterior) and upwards
     * (superior), as nibabel writes it.
     */
    public String letters() {
        char[] letters = new char[3];
        for (int world = 0; world < 3; world++) {
            letters[axis[world]] = (sign[world] > 0 ? "RAS" : "LPI").charAt(world);
        }
        return new String(letters);
    }

    /** Those of an image; empty where nobody knows how it lies. */
    public static Optional<BodyAxes> of(ImagePlus image) {
        ImageGeometry geometry = ImageGeometry.of(image);
        boolean known = geometry.sform() != 0 || geometry.qform()[0] != 0;
        return known ? Optional.of(of(geometry.affine())) : Optional.empty();
    }

    /**
     * The order of axes for which the cosines of the angles between them have the largest product.
     */
    static BodyAxes of(VoxelToWorld affine) {
        int[] best = ORDERS[0];
        double most = -1;
        for (int[] order : ORDERS) {
            double product = 1;
            for (int world = 0; world < 3; world++) {
                product *= Math.abs(cosine(affine, world, order[world]));
            }
            if (product > most) {
                most = product;
                best = order;
            }
        }
        int[] sign = new int[3];
        for (int world = 0; world < 3; world++) {
            sign[world] = cosine(affine, world, best[world]) < 0 ? -1 : 1;
        }
        return new BodyAxes(best, sign);
    }

    private static double cosine(VoxelToWorld affine, int world, int axis) {
        double size = affine.size(axis);
        return size > 0 ? affine.rows()[4 * world + axis] / size : 0;
    }
}
