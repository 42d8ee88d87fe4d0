/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.geometry;

import ij.ImagePlus;
import ij.measure.Calibration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Where a volume lies in the world, in NIfTI's terms, carried by an {@code ImagePlus}: voxel sizes,
 * unit and origin in its calibration, the rest in properties that ImageJ writes into TIFF files.
 *
 * @param affine voxel to world
 * @param sform NIfTI's code of the sform; 0 where the file had none
 * @param qform code, qfac, b, c, d, and offsets x, y, z; code 0 where the file had none
 * @param step distance along x, y, z in the file's unit, and t in its time unit
 * @param units NIfTI's {@code xyzt_units}
 */
public record ImageGeometry(
        VoxelToWorld affine, int sform, double[] qform, double[] step, int units) {

    /** Twelve numbers, row by row: {@link VoxelToWorld#toString()}. */
    public static final String AFFINE = "nifti.affine";

    private static final String SFORM = "nifti.sform";
    private static final String QFORM = "nifti.qform";

    /** Voxel sizes and extents for which the affine is true: six numbers. */
    private static final String GRID = "nifti.grid";

    private static final int MILLIMETRES = 2;
    private static final int SECONDS = 8;

    /** Affines that differ less, in the unit of the world, are of one grid. */
    private static final double ROUNDING = 1e-3;

    /** Voxel sizes that differ less than this share come from a TIFF's rounding. */
    private static final double SAME_SIZE = 1e-3;

    /** Hands an image's place in the world on to another on the same grid. */
    public static void copy(ImagePlus from, ImagePlus to) {
        for (String property : new String[] {AFFINE, SFORM, QFORM, GRID}) {
            to.setProp(property, from.getProp(property));
        }
    }

    /**
     * Gives an image its place in the world where its grid is another one in the source's: voxel i
     * lies at {@code origin + i·step} of the source's, in the order x, y, z.
     */
    public static void copyTo(ImagePlus image, ImagePlus source, double[] origin, double[] step) {
        ImageGeometry known = of(source);
        if (known.sform == 0 && known.qform[0] == 0) {
            return;
        }
        image.setProp(AFFINE, known.affine.steps(origin, step).toString());
        image.setProp(SFORM, Integer.toString(Math.max(1, known.sform)));
        image.setProp(GRID, text(grid(image)));
    }

    /**
     * What a file says that is no NIfTI file.
     *
     * @param affine voxel to world, in the unit; null where the file does not say
     * @param sizes distance along x, y and z, positive
     * @param unit of space: {@code m}, {@code mm}, {@code µm} or another
     * @param interval between frames in seconds; 0 where it is not known
     */
    public static void attach(
            ImagePlus image, VoxelToWorld affine, double[] sizes, String unit, double interval) {
        double[] step = {sizes[0], sizes[1], sizes[2], interval};
        VoxelToWorld known =
                affine == null ? VoxelToWorld.scaling(sizes[0], sizes[1], sizes[2]) : affine;
        int code = affine == null ? 0 : 1;
        new ImageGeometry(known, code, new double[8], step, SECONDS + space(unit)).attach(image);
        image.getCalibration().setUnit(unit);
    }

    /** Gives the image this calibration and these properties. */
    public void attach(ImagePlus image) {
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
        image.setProp(QFORM, text(qform));
        image.setProp(GRID, text(grid(image)));
    }

    /**
     * What the image says of itself now. Where its extents or voxel sizes are not those of the file
     * any more, it was cropped or scaled by a command that knows nothing of the affine, and where
     * it lies is not known: then there is no sform and no qform.
     */
    public static ImageGeometry of(ImagePlus image) {
        Calibration calibration = image.getCalibration();
        double[] grid = grid(image);
        double interval = calibration.frameInterval > 0 ? calibration.frameInterval : 1;
        double[] step = {grid[0], grid[1], grid[2], interval};
        int units = SECONDS + space(calibration.getUnit());

        String text = image.getProp(AFFINE);
        VoxelToWorld affine = text == null ? null : VoxelToWorld.parse(text);
        double[] then = numbers(image.getProp(GRID), grid);
        if (affine == null || !same(then, grid)) {
            VoxelToWorld scaling = VoxelToWorld.scaling(grid[0], grid[1], grid[2]);
            return new ImageGeometry(scaling, 0, new double[8], step, units);
        }
        double[] qform = numbers(image.getProp(QFORM), new double[8]);
        return new ImageGeometry(affine, sform(image), qform, step, units);
    }

    /** Where an image lies; null where it does not say. */
    public static VoxelToWorld world(ImagePlus image) {
        ImageGeometry geometry = of(image);
        return geometry.sform == 0 && geometry.qform[0] == 0 ? null : geometry.affine;
    }

    /** Whether two images have the same extents in space. */
    public static boolean sameExtents(ImagePlus a, ImagePlus b) {
        return a.getWidth() == b.getWidth()
                && a.getHeight() == b.getHeight()
                && a.getNSlices() == b.getNSlices();
    }

    /** Whether two images lie at the same places of the world, or say nothing of it. */
    public static boolean sameGrid(ImagePlus a, ImagePlus b) {
        if (!sameExtents(a, b)) {
            return false;
        }
        VoxelToWorld first = world(a);
        VoxelToWorld second = world(b);
        if (first == null || second == null) {
            return first == second;
        }
        for (int i = 0; i < 12; i++) {
            if (Math.abs(first.rows()[i] - second.rows()[i]) > ROUNDING) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(double[] then, double[] now) {
        for (int i = 0; i < now.length; i++) {
            double tolerance = i < 3 ? SAME_SIZE : 0;
            if (Math.abs(now[i] / then[i] - 1) > tolerance) {
                return false;
            }
        }
        return true;
    }

    private static double[] grid(ImagePlus image) {
        Calibration calibration = image.getCalibration();
        return new double[] {
            Math.abs(calibration.pixelWidth),
            Math.abs(calibration.pixelHeight),
            Math.abs(calibration.pixelDepth),
            image.getWidth(),
            image.getHeight(),
            image.getNSlices()
        };
    }

    private static int sform(ImagePlus image) {
        String text = image.getProp(SFORM);
        return text != null && text.matches("\\d") ? Integer.parseInt(text) : 1;
    }

    private static String text(double[] numbers) {
        return Arrays.stream(numbers).mapToObj(Double::toString).collect(Collectors.joining(" "));
    }

    /** Reads what {@link #text(double[])} wrote; anything else gives the other numbers. */
    private static double[] numbers(String text, double[] otherwise) {
        if (text == null) {
            return otherwise;
        }
        try {
            double[] numbers =
                    Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
            return numbers.length == otherwise.length ? numbers : otherwise;
        } catch (NumberFormatException e) {
            return otherwise;
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
