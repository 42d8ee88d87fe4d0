/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.geometry;

import java.util.Arrays;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * The affine map of a volume from voxel indices (i, j, k), counted from the centre of the first
 * voxel, to world coordinates, in NIfTI's sense: x grows to the subject's right, y to the front, z
 * upwards, in the unit of the image.
 *
 * @param rows the upper three rows of the 4 × 4 matrix, 12 numbers, row by row: the last number of
 *     each row is the translation
 */
public record VoxelToWorld(double[] rows) {

    public VoxelToWorld {
        if (rows.length != 12) {
            throw new IllegalArgumentException(
                    "an affine has 12 numbers, three rows of four, not " + rows.length);
        }
    }

    /** Voxels of that size, axes along the world's, the first voxel at its origin. */
    public static VoxelToWorld scaling(double x, double y, double z) {
        return new VoxelToWorld(new double[] {x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0});
    }

    /**
     * The map of NIfTI-1's {@code qform}: a rotation as a unit quaternion (a, b, c, d) with a ≥ 0
     * left out, applied after scaling by the voxel sizes, the third of which is mirrored where qfac
     * is negative.
     *
     * @param sizes voxel sizes in x, y and z, positive
     * @param offset world coordinates of the first voxel
     */
    public static VoxelToWorld ofQuaternion(
            double b, double c, double d, double qfac, double[] sizes, double[] offset) {
        double length = b * b + c * c + d * d;
        double a = Math.sqrt(Math.max(0, 1 - length));
        if (length > 1) {
            // Rounded to float, half a turn can come out a little longer than one.
            double scale = 1 / Math.sqrt(length);
            b *= scale;
            c *= scale;
            d *= scale;
        }
        double x = sizes[0];
        double y = sizes[1];
        double z = qfac < 0 ? -sizes[2] : sizes[2];
        return new VoxelToWorld(
                new double[] {
                    (a * a + b * b - c * c - d * d) * x,
                    2 * (b * c - a * d) * y,
                    2 * (b * d + a * c) * z,
                    offset[0],
                    2 * (b * c + a * d) * x,
                    (a * a + c * c - b * b - d * d) * y,
                    2 * (c * d - a * b) * z,
                    offset[1],
                    2 * (b * d - a * c) * x,
                    2 * (c * d + a * b) * y,
                    (a * a + d * d - b * b - c * c) * z,
                    offset[2]
                });
    }

    /** Reads what {@link #toString()} wrote; null where the text is not that. */
    public static VoxelToWorld parse(String text) {
        try {
            double[] numbers =
                    Arrays.stream(text.trim().split("[\\s,]+"))
                            .mapToDouble(Double::parseDouble)
                            .toArray();
            return numbers.length == 12 ? new VoxelToWorld(numbers) : null;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** World coordinates of a (fractional) voxel. */
    public double[] world(double i, double j, double k) {
        double[] world = new double[3];
        for (int row = 0; row < 3; row++) {
            world[row] =
                    rows[4 * row] * i
                            + rows[4 * row + 1] * j
                            + rows[4 * row + 2] * k
                            + rows[4 * row + 3];
        }
        return world;
    }

    /** Fractional voxel at that place of the world; null where the matrix cannot be inverted. */
    public double[] voxel(double x, double y, double z) {
        double[] rest = {x - rows[3], y - rows[7], z - rows[11]};
        double determinant = determinant(column(0), column(1), column(2));
        if (!(Math.abs(determinant) > 0) || !Double.isFinite(determinant)) {
            return null;
        }
        return new double[] {
            determinant(rest, column(1), column(2)) / determinant,
            determinant(column(0), rest, column(2)) / determinant,
            determinant(column(0), column(1), rest) / determinant
        };
    }

    /** The map of a grid whose voxel i lies at the voxel {@code origin + i·step} of this one. */
    public VoxelToWorld steps(double[] origin, double[] step) {
        double[] first = world(origin[0], origin[1], origin[2]);
        double[] other = rows.clone();
        for (int row = 0; row < 3; row++) {
            for (int axis = 0; axis < 3; axis++) {
                other[4 * row + axis] *= step[axis];
            }
            other[4 * row + 3] = first[row];
        }
        return new VoxelToWorld(other);
    }

    /** Distance in the world from one voxel to the next along that axis (0, 1 or 2). */
    public double size(int axis) {
        double[] column = column(axis);
        return Math.sqrt(column[0] * column[0] + column[1] * column[1] + column[2] * column[2]);
    }

    private double[] column(int axis) {
        return new double[] {rows[axis], rows[4 + axis], rows[8 + axis]};
    }

    private static double determinant(double[] a, double[] b, double[] c) {
        return a[0] * (b[1] * c[2] - b[2] * c[1])
                - b[0] * (a[1] * c[2] - a[2] * c[1])
                + c[0] * (a[1] * b[2] - a[2] * b[1]);
    }

    /**
     * Where a plane of voxels lies, for people: its middle and, where it lies at an angle, how far
     * its corners are from there, such as {@code "z = 12 ± 7 mm"}.
     *
     * @param size of the volume along x, y and z
     * @param axis through the plane, which is that of this number, from 0
     * @param world the world's axis beside that one
     */
    public String plane(int[] size, int axis, int number, int world, String unit) {
        double[] at = new double[3];
        double spread = 0;
        for (int a = 0; a < 3; a++) {
            at[a] = a == axis ? number : (size[a] - 1) / 2.0;
            spread += a == axis ? 0 : Math.abs(rows[4 * world + a]) * at[a];
        }
        double place = world(at[0], at[1], at[2])[world];
        return String.format(Locale.ROOT, "%c = %.0f", "xyz".charAt(world), place)
                + (spread < 0.5 ? "" : String.format(Locale.ROOT, " ± %.0f", spread))
                + " "
                + unit;
    }

    /** Twelve numbers, row by row, each of which reads back as the same float or double. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(" ");
        for (double value : rows) {
            text.add(
                    value == (float) value
                            ? Float.toString((float) value)
                            : String.format(Locale.ROOT, "%.17g", value));
        }
        return text.toString();
    }
}
