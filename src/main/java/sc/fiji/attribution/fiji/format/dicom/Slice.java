/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.format.dicom;

import java.util.Arrays;
import java.util.Optional;
import sc.fiji.attribution.fiji.format.Scale;

/**
 * A frame of a file: what it means and where it lies, in millimetres of a world that grows to the
 * subject's left, back and upwards.
 *
 * @param file its attributes
 * @param frame from 0
 * @param position of the first pixel's centre; empty where it is not said
 * @param orientation direction of a row, then of a column, unit vectors; empty where not said
 * @param spacing distance between columns (along x), then rows
 * @param thickness distance to the next slice as the file says; 0 where it does not
 */
record Slice(
        DataSet file,
        int frame,
        double[] position,
        double[] orientation,
        double[] spacing,
        double thickness,
        Scale scale) {

    private static final double SAME_DIRECTION = 1e-3;

    static Slice of(DataSet file, int frame) {
        Optional<DataSet> shared = file.item(Tag.SHARED_GROUPS);
        Optional<DataSet> own =
                frame < file.items(Tag.FRAME_GROUPS).size()
                        ? Optional.of(file.items(Tag.FRAME_GROUPS).get(frame))
                        : Optional.empty();
        DataSet place = group(file, own, shared, Tag.PLANE_POSITION);
        DataSet turn = group(file, own, shared, Tag.PLANE_ORIENTATION);
        DataSet measures = group(file, own, shared, Tag.PIXEL_MEASURES);
        DataSet values = group(file, own, shared, Tag.PIXEL_TRANSFORMATION);
        double[] spacing = measures.numbers(Tag.PIXEL_SPACING);
        if (spacing.length != 2) {
            spacing = file.numbers(Tag.IMAGER_PIXEL_SPACING);
        }
        boolean sized = spacing.length == 2 && spacing[0] > 0 && spacing[1] > 0;
        double slope = values.number(Tag.SLOPE).orElse(1.0);
        return new Slice(
                file,
                frame,
                only(3, place.numbers(Tag.POSITION)),
                direction(file, only(6, turn.numbers(Tag.ORIENTATION))),
                sized ? new double[] {spacing[1], spacing[0]} : new double[] {1, 1},
                Math.abs(
                        measures.number(Tag.SPACING_BETWEEN_SLICES)
                                .or(() -> measures.number(Tag.SLICE_THICKNESS))
                                .orElse(0.0)),
                new Scale(slope == 0 ? 1 : slope, values.number(Tag.INTERCEPT).orElse(0.0)));
    }

    /** The frame's own attributes, those of all frames, or those of the file. */
    private static DataSet group(
            DataSet file, Optional<DataSet> own, Optional<DataSet> shared, int tag) {
        return own.flatMap(each -> each.item(tag))
                .or(() -> shared.flatMap(each -> each.item(tag)))
                .orElse(file);
    }

    private static double[] only(int count, double[] numbers) {
        return numbers.length == count ? numbers : new double[0];
    }

    private static double[] direction(DataSet file, double[] cosines) {
        if (cosines.length == 0) {
            return cosines;
        }
        double[] row = Arrays.copyOf(cosines, 3);
        double[] column = Arrays.copyOfRange(cosines, 3, 6);
        boolean unit =
                Math.abs(dot(row, row) - 1) < 0.01
                        && Math.abs(dot(column, column) - 1) < 0.01
                        && Math.abs(dot(row, column)) < 0.01;
        if (!unit) {
            throw file.damaged(
                    "says '"
                            + file.text(Tag.ORIENTATION).orElse("?")
                            + "' in "
                            + Tag.text(Tag.ORIENTATION)
                            + ", which are no two right-angled directions");
        }
        return cosines;
    }

    boolean hasPlace() {
        return position.length == 3 && orientation.length == 6;
    }

    double[] row() {
        return Arrays.copyOf(orientation, 3);
    }

    double[] column() {
        return Arrays.copyOfRange(orientation, 3, 6);
    }

    /** Right-angled to rows and columns. */
    double[] normal() {
        double[] r = row();
        double[] c = column();
        return new double[] {
            r[1] * c[2] - r[2] * c[1], r[2] * c[0] - r[0] * c[2], r[0] * c[1] - r[1] * c[0]
        };
    }

    /** How far along a normal; 0 where the place is not said. */
    double distance(double[] normal) {
        return hasPlace() ? dot(normal, position) : 0;
    }

    /** Whether both may be slices of one volume. */
    boolean isParallel(Slice other) {
        if (file.whole(Tag.ROWS).equals(other.file.whole(Tag.ROWS))
                && file.whole(Tag.COLUMNS).equals(other.file.whole(Tag.COLUMNS))
                && hasPlace() == other.hasPlace()
                && same(spacing, other.spacing, SAME_DIRECTION)) {
            return !hasPlace() || same(orientation, other.orientation, SAME_DIRECTION);
        }
        return false;
    }

    private static boolean same(double[] one, double[] other, double tolerance) {
        for (int i = 0; i < one.length; i++) {
            if (Math.abs(one[i] - other[i]) > tolerance) {
                return false;
            }
        }
        return true;
    }

    static double dot(double[] a, double[] b) {
        return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    }
}
