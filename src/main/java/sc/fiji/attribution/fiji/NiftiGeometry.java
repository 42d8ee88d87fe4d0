/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.ImagePlus;
import ij.measure.Calibration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Where a NIfTI volume lies, carried by an {@code ImagePlus}: voxel sizes, unit and origin in its
 * calibration, the rest in properties that ImageJ writes into TIFF files.
 *
 * @param affine voxel to world
 * @param sform NIfTI's code of the sform; 0 where the file had none
 * @param qform code, qfac, b, c, d, and offsets x, y, z; code 0 where the file had none
 * @param step distance along x, y, z in the file's unit, and t in its time unit
 * @param units NIfTI's {@code xyzt_units}
 */
record NiftiGeometry(VoxelToWorld affine, int sform, double[] qform, double[] step, int units) {

    /** Twelve numbers, row by row: {@link VoxelToWorld#toString()}. */
    static final String AFFINE = "nifti.affine";

    private static final String SFORM = "nifti.sform";
    private static final String QFORM = "nifti.qform";

    private static final int MILLIMETRES = 2;
    private static final int SECONDS = 8;

    /** Voxel sizes that differ less than this share come from a TIFF's rounding. */
    private static final double SAME_SIZE = 1e-3;

    /** Likewise for the origin, in voxels. */
    private static final double SAME_ORIGIN = 1e-2;

    static NiftiGeometry of(NiftiHeader header) {
        double[] q = header.qform();
        double[] qform = {q[0], header.qfac(), q[1], q[2], q[3], q[4], q[5], q[6]};
        return new NiftiGeometry(
                header.affine(), header.sform(), qform, header.pixdim(), header.units());
    }

    /** Gives the image this calibration and these properties. */
    void attach(ImagePlus image) {
        Calibration calibration = image.getCalibration();
        calibration.pixelWidth = step[0];
        calibration.pixelHeight = step[1];
        calibration.pixelDepth = step[2];
        calibration.setUnit(
                switch (units & 7) {
                    case 1 -> "m";
                    case 3 -> "micron";
                    default -> "mm";
                });
        calibration.frameInterval =
                switch (units & 56) {
                    case 16 -> step[3] * 1e-3;
                    case 24 -> step[3] * 1e-6;
                    default -> step[3];
                };
        calibration.setTimeUnit("sec");
        double[] origin = affine.voxel(0, 0, 0);
        if (origin != null) {
            calibration.xOrigin = origin[0];
            calibration.yOrigin = origin[1];
            calibration.zOrigin = origin[2];
        }
        image.setProp(AFFINE, affine.toString());
        image.setProp(SFORM, Integer.toString(sform));
        image.setProp(
                QFORM,
                Arrays.stream(qform).mapToObj(Double::toString).collect(Collectors.joining(" ")));
    }

    /**
     * What the image says of itself now. Where it was cropped or scaled since it was read, which
     * its calibration tells, the affine follows and the qform is dropped.
     */
    static NiftiGeometry of(ImagePlus image) {
        Calibration calibration = image.getCalibration();
        double[] size = {
            Math.abs(calibration.pixelWidth),
            Math.abs(calibration.pixelHeight),
            Math.abs(calibration.pixelDepth)
        };
        double[] origin = {calibration.xOrigin, calibration.yOrigin, calibration.zOrigin};
        double interval = calibration.frameInterval > 0 ? calibration.frameInterval : 1;
        double[] step = {size[0], size[1], size[2], interval};
        int units = SECONDS + space(calibration.getUnit());

        String text = image.getProp(AFFINE);
        VoxelToWorld affine = text == null ? null : VoxelToWorld.parse(text);
        if (affine == null) {
            // An image of ImageJ's own: nothing says which way the patient lay, so no code.
            VoxelToWorld scaling = VoxelToWorld.scaling(1, 1, 1).with(size, origin);
            return new NiftiGeometry(scaling, 0, new double[8], step, units);
        }
        int sform = sform(image);
        double[] qform = qform(image);
        if (!calibration.scaled()) {
            for (int axis = 0; axis < 3; axis++) {
                step[axis] = affine.size(axis);
            }
        } else if (moved(affine, size, origin)) {
            affine = affine.with(size, origin);
            sform = Math.max(sform, (int) qform[0]);
            qform = new double[8];
        }
        return new NiftiGeometry(affine, sform, qform, step, units);
    }

    private static boolean moved(VoxelToWorld affine, double[] size, double[] origin) {
        double[] expected = affine.voxel(0, 0, 0);
        if (expected == null) {
            return false;
        }
        boolean originKnown = origin[0] != 0 || origin[1] != 0 || origin[2] != 0;
        for (int axis = 0; axis < 3; axis++) {
            if (Math.abs(size[axis] / affine.size(axis) - 1) > SAME_SIZE
                    || (originKnown && Math.abs(origin[axis] - expected[axis]) > SAME_ORIGIN)) {
                return true;
            }
        }
        return false;
    }

    private static int sform(ImagePlus image) {
        String text = image.getProp(SFORM);
        return text != null && text.matches("\\d") ? Integer.parseInt(text) : 1;
    }

    private static double[] qform(ImagePlus image) {
        String text = image.getProp(QFORM);
        try {
            double[] qform =
                    text == null
                            ? new double[8]
                            : Arrays.stream(text.split(" "))
                                    .mapToDouble(Double::parseDouble)
                                    .toArray();
            return qform.length == 8 ? qform : new double[8];
        } catch (NumberFormatException e) {
            return new double[8];
        }
    }

    private static int space(String unit) {
        return switch (unit.toLowerCase(Locale.ROOT)) {
            case "m", "meter", "metre" -> 1;
            case "mm" -> MILLIMETRES;
            case "micron", "microns", "um", "\u00b5m", "\u03bcm" -> 3;
            default -> 0;
        };
    }
}
