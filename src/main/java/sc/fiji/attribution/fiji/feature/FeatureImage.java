/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.feature;

import ij.ImagePlus;
import ij.ImageStack;
import ij.measure.Calibration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.machine.JavaHeap;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.map.DivergingLut;
import sc.fiji.attribution.fiji.map.MapDisplay;
import sc.fiji.attribution.fiji.map.Provenance;

/**
 * Shows the activations of a layer as a hyperstack: a channel for each of the layer's, raw 32-bit
 * values, diverging colours with zero neutral.
 *
 * @param source the image that the network saw
 * @param layer the layer's name
 * @param grid the layer's
 * @param onImage whether to carry the activations to the grid of the image
 */
public record FeatureImage(ImagePlus source, String layer, LayerGrid grid, boolean onImage) {

    /**
     * Makes the image.
     *
     * @param frames activations of each time point
     * @throws ImageException where it needs more memory than there is
     */
    public ImagePlus build(List<Tensor> frames, String title, Map<String, String> provenance) {
        int channels = frames.get(0).size('c');
        int width = onImage ? source.getWidth() : grid.extents()[0];
        int height = onImage ? source.getHeight() : grid.extents()[1];
        int slices = onImage ? source.getNSlices() : grid.extents()[2];
        requireMemory(Float.BYTES * (long) width * height * slices * channels * frames.size());
        float[][] planes = new float[channels * slices * frames.size()][];
        for (int t = 0; t < frames.size(); t++) {
            for (int c = 0; c < channels; c++) {
                Tensor channel = grid.channel(frames.get(t), c);
                Tensor shown = onImage ? grid.onImage(channel, source) : channel;
                for (int z = 0; z < slices; z++) {
                    float[] plane = new float[width * height];
                    System.arraycopy(shown.data(), z * plane.length, plane, 0, plane.length);
                    planes[c + channels * (z + slices * t)] = plane;
                }
            }
        }
        ImageStack stack = new ImageStack(width, height);
        for (int i = 0; i < planes.length; i++) {
            stack.addSlice(layer + "[" + i % channels + "]", planes[i]);
        }
        ImagePlus image = new ImagePlus(title, stack);
        image.setDimensions(channels, slices, frames.size());
        image.setOpenAsHyperStack(true);
        place(image);
        MapDisplay.show(image, DivergingLut.LIGHT, MapDisplay.limit(image, 99.9));
        Provenance.write(
                provenance,
                image,
                title,
                "Raw activations, a channel for each feature map; zero is neutral.");
        return image;
    }

    private void place(ImagePlus image) {
        if (onImage) {
            Calibration calibration = source.getCalibration().copy();
            calibration.disableDensityCalibration();
            image.setCalibration(calibration);
            ImageGeometry.copy(source, image);
        } else {
            grid.calibrate(source, image);
        }
    }

    private void requireMemory(long needed) {
        long free = JavaHeap.free();
        if (needed > free) {
            throw new ImageException(
                    String.format(
                            Locale.ROOT,
                            "The features of layer '%s' of image '%s' need %d MB of Java memory,"
                                    + " and %d MB are free: choose %sa deeper layer, crop the"
                                    + " image, or raise Edit > Options > Memory & Threads.",
                            layer,
                            source.getTitle(),
                            needed >> 20,
                            free >> 20,
                            onImage ? "grid=layer or " : ""));
        }
    }
}
