/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.tissue;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.ImageStack;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;

/**
 * Makes tissue probability maps of a T1 image: a hyperstack with the channels WM, GM and CSF, 32
 * bit, from 0 to 1, on the image's grid. The image must lie in the space of the priors; nothing is
 * registered here, and outside the priors' brain everything is 0.
 */
public final class TissueMapsTool {

    private static final String[] TISSUES = {"WM", "GM", "CSF"};

    /** Voxel sizes that differ less than this share are the same. */
    private static final double SAME_SIZE = 1e-3;

    private TissueMapsTool() {}

    /**
     * @param image T1, one channel and one frame
     * @param priors three channels (white matter, grey matter, fluid), from 0 to 1 or, for 8-bit
     *     images, to 255; on the image's grid, or anywhere in the same world
     * @param degree of the bias field's polynomial, 0 (none) to 6
     * @throws ImageException where the images do not fit each other
     */
    public static ImagePlus run(ImagePlus image, ImagePlus priors, int degree, Progress progress) {
        if (degree < 0 || degree > 6) {
            throw new OptionException("bias=" + degree + ": expected a degree from 0 to 6.");
        }
        if (image.getNChannels() != 1 || image.getNFrames() != 1 || image.getBitDepth() == 24) {
            throw new ImageException(
                    "'"
                            + image.getTitle()
                            + "' has several channels, frames or colours: tissue maps are made of"
                            + " one grey T1 volume.");
        }
        if (priors.getNChannels() != 3) {
            throw new ImageException(
                    "The priors '"
                            + priors.getTitle()
                            + "' have "
                            + priors.getNChannels()
                            + " channels: expected three, white matter, grey matter and fluid.");
        }
        int[] extent = {image.getWidth(), image.getHeight(), image.getNSlices()};
        float[][] onGrid = new float[3][];
        for (int tissue = 0; tissue < 3; tissue++) {
            onGrid[tissue] = onGrid(values(priors, tissue + 1), priors, image);
        }
        TissueMixture mixture =
                new TissueMixture(
                        degree,
                        TissueMixture.DEFAULT.iterations(),
                        TissueMixture.DEFAULT.tolerance());
        return image(image, mixture.segment(values(image, 1), onGrid, extent, progress), extent);
    }

    /** Calibrated values of a channel, x fastest; priors of 8 bits are divided by 255. */
    private static float[] values(ImagePlus image, int channel) {
        int plane = image.getWidth() * image.getHeight();
        float[] values = new float[plane * image.getNSlices()];
        float scale = image.getNChannels() == 3 && image.getBitDepth() == 8 ? 1 / 255f : 1;
        float[] table = image.getCalibration().getCTable();
        for (int z = 0; z < image.getNSlices(); z++) {
            var slice = image.getStack().getProcessor(image.getStackIndex(channel, z + 1, 1));
            for (int i = 0; i < plane; i++) {
                float value = slice.getf(i);
                values[z * plane + i] = scale * (table == null ? value : table[(int) value]);
            }
        }
        return values;
    }

    private static float[] onGrid(float[] prior, ImagePlus priors, ImagePlus image) {
        if (sameGrid(priors, image)) {
            return prior;
        }
        VoxelToWorld from = place(image);
        VoxelToWorld to = place(priors);
        int w = image.getWidth();
        int h = image.getHeight();
        float[] values = new float[w * h * image.getNSlices()];
        int[] extent = {priors.getWidth(), priors.getHeight(), priors.getNSlices()};
        for (int i = 0; i < values.length; i++) {
            double[] world = from.world(i % w, i / w % h, i / w / h);
            double[] at = to.voxel(world[0], world[1], world[2]);
            values[i] = at == null ? 0 : interpolate(prior, extent, at);
        }
        return values;
    }

    private static boolean sameGrid(ImagePlus a, ImagePlus b) {
        return a.getWidth() == b.getWidth()
                && a.getHeight() == b.getHeight()
                && a.getNSlices() == b.getNSlices()
                && same(a.getCalibration().pixelWidth, b.getCalibration().pixelWidth)
                && same(a.getCalibration().pixelHeight, b.getCalibration().pixelHeight)
                && same(a.getCalibration().pixelDepth, b.getCalibration().pixelDepth);
    }

    private static boolean same(double a, double b) {
        return Math.abs(a / b - 1) < SAME_SIZE;
    }

    /** The affine of the image's file, or what its calibration says: origin and voxel sizes. */
    private static VoxelToWorld place(ImagePlus image) {
        ImageGeometry geometry = ImageGeometry.of(image);
        if (geometry.sform() > 0 || geometry.qform()[0] > 0) {
            return geometry.affine();
        }
        var calibration = image.getCalibration();
        double[] size = {calibration.pixelWidth, calibration.pixelHeight, calibration.pixelDepth};
        double[] origin = {calibration.xOrigin, calibration.yOrigin, calibration.zOrigin};
        double[] rows = VoxelToWorld.scaling(size[0], size[1], size[2]).rows();
        for (int axis = 0; axis < 3; axis++) {
            rows[4 * axis + 3] = -size[axis] * origin[axis];
        }
        return new VoxelToWorld(rows);
    }

    /** Linear between voxels; 0 outside. */
    private static float interpolate(float[] values, int[] extent, double[] at) {
        double sum = 0;
        for (int corner = 0; corner < 8; corner++) {
            double weight = 1;
            int index = 0;
            int stride = 1;
            for (int axis = 0; axis < 3; axis++) {
                int up = corner >> axis & 1;
                int first = (int) Math.floor(at[axis]);
                double share = at[axis] - first;
                int voxel = first + up;
                weight *= up == 1 ? share : 1 - share;
                weight = voxel < 0 || voxel >= extent[axis] ? 0 : weight;
                index += stride * voxel;
                stride *= extent[axis];
            }
            sum += weight == 0 ? 0 : weight * values[index];
        }
        return (float) sum;
    }

    private static ImagePlus image(ImagePlus source, float[][] maps, int[] extent) {
        int plane = extent[0] * extent[1];
        ImageStack stack = new ImageStack(extent[0], extent[1]);
        for (int z = 0; z < extent[2]; z++) {
            for (int tissue = 0; tissue < 3; tissue++) {
                float[] slice = new float[plane];
                System.arraycopy(maps[tissue], z * plane, slice, 0, plane);
                stack.addSlice(TISSUES[tissue], slice);
            }
        }
        ImagePlus image = new ImagePlus("Tissue maps of " + source.getTitle(), stack);
        image.setDimensions(3, extent[2], 1);
        image = new CompositeImage(image, CompositeImage.GRAYSCALE);
        image.setCalibration(source.getCalibration().copy());
        image.getCalibration().disableDensityCalibration();
        ImageGeometry.copy(source, image);
        image.setDisplayRange(0, 1);
        image.setOpenAsHyperStack(true);
        image.setPosition(1, (extent[2] + 1) / 2, 1);
        return image;
    }
}
