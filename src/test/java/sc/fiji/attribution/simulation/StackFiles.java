/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.ImageStack;
import ij.io.FileSaver;
import ij.measure.Calibration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Writes images as 8-bit TIFF stacks, which ImageJ opens as calibrated hyperstacks.
 *
 * @param folder where to
 * @param grid of the images
 * @param middle world coordinates of the middle of the field of view, mm
 */
record StackFiles(Path folder, BrainGrid grid, double[] middle) {

    /**
     * @param name of the file, without its extension
     * @param labels of the channels
     * @param channels values from 0 to 255, rounded
     */
    void write(String name, String[] labels, float[]... channels) {
        int plane = grid.x() * grid.y();
        ImageStack stack = new ImageStack(grid.x(), grid.y());
        for (int z = 0; z < grid.z(); z++) {
            for (int c = 0; c < channels.length; c++) {
                byte[] slice = new byte[plane];
                for (int i = 0; i < plane; i++) {
                    float value = channels[c][z * plane + i];
                    slice[i] = (byte) Math.round(Math.max(0, Math.min(255, value)));
                }
                stack.addSlice(labels[c], slice);
            }
        }
        ImagePlus image = new ImagePlus(name, stack);
        if (channels.length > 1) {
            image.setDimensions(channels.length, grid.z(), 1);
            image = new CompositeImage(image, CompositeImage.GRAYSCALE);
        }
        image.setDisplayRange(0, 255);
        image.setOpenAsHyperStack(true);
        Calibration calibration = image.getCalibration();
        calibration.pixelWidth = grid.size();
        calibration.pixelHeight = grid.size();
        calibration.pixelDepth = grid.size();
        calibration.setUnit("mm");
        calibration.xOrigin = (grid.x() - 1) / 2.0 - middle[0] / grid.size();
        calibration.yOrigin = (grid.y() - 1) / 2.0 - middle[1] / grid.size();
        calibration.zOrigin = (grid.z() - 1) / 2.0 - middle[2] / grid.size();
        Path file = folder.resolve(name + ".tif");
        if (!new FileSaver(image).saveAsTiff(file.toString())) {
            throw new UncheckedIOException(new IOException(file + ": cannot be written"));
        }
    }
}
