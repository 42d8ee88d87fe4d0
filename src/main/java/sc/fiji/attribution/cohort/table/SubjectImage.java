/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.table;

import ij.ImagePlus;
import ij.ImageStack;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.file.ChannelFiles;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.region.Atlas;

/** The image of a subject, which may lie in several files, a channel each. */
public final class SubjectImage {

    private SubjectImage() {}

    /**
     * Opens it.
     *
     * @param files by name of the channel
     * @throws ImageException where a file is missing or damaged, has several time points, or the
     *     channels do not lie on one grid
     */
    public static ImagePlus open(Map<String, Path> files, String id) {
        return joined(files, id, ImageFile::open);
    }

    /** The same without its values: what the headers say. */
    public static ImagePlus outline(Map<String, Path> files, String id) {
        return joined(files, id, ImageFile::outline);
    }

    private static ImagePlus joined(
            Map<String, Path> files, String id, Function<String, ImagePlus> opener) {
        if (files.isEmpty()) {
            throw new ImageException("the cell of the image is empty: name a file");
        }
        List<ImagePlus> channels = new ArrayList<>();
        for (Path file : files.values()) {
            channels.add(opener.apply(file.toString()));
            requireOneFrame(channels.get(channels.size() - 1));
        }
        if (channels.size() == 1) {
            return channels.get(0);
        }
        ImagePlus image = ChannelFiles.join(channels);
        image.setTitle(id);
        return image;
    }

    private static void requireOneFrame(ImagePlus image) {
        if (image.getNFrames() > 1) {
            throw new ImageException(
                    "'"
                            + image.getTitle()
                            + "' has "
                            + image.getNFrames()
                            + " time points: a subject is one image; save the one that is meant");
        }
    }

    /**
     * The image without what a mask marks: there each channel takes the mean of the unmarked voxels
     * around, in the smallest cube that has eight of them.
     *
     * @param mask on the image's grid
     */
    public static ImagePlus without(ImagePlus image, ImagePlus mask) {
        int[][] marked = Atlas.on(image, mask, Map.of()).labels();
        ImagePlus copy = image.duplicate();
        ImageGeometry.copy(image, copy);
        ImageView view = ImageView.ofColours(image);
        int width = image.getWidth();
        ImageStack stack = new ImageStack(width, image.getHeight());
        for (int z = 0; z < image.getNSlices(); z++) {
            for (int c = 0; c < view.size('c'); c++) {
                float[] slice = view.slice(c, z, 0).clone();
                for (int i = 0; i < slice.length; i++) {
                    if (marked[z][i] > 0) {
                        slice[i] = around(view, marked, c, i % width, i / width, z);
                    }
                }
                stack.addSlice(null, slice);
            }
        }
        copy.setStack(stack);
        copy.setDimensions(view.size('c'), image.getNSlices(), 1);
        copy.getCalibration().disableDensityCalibration();
        return copy;
    }

    private static float around(ImageView view, int[][] marked, int c, int x, int y, int z) {
        int width = view.size('x');
        int largest = Math.max(width, Math.max(view.size('y'), view.size('z')));
        for (int reach = 1; reach <= largest; reach++) {
            double sum = 0;
            int count = 0;
            for (int k = Math.max(0, z - reach);
                    k <= Math.min(view.size('z') - 1, z + reach);
                    k++) {
                float[] slice = view.slice(c, k, 0);
                for (int j = Math.max(0, y - reach);
                        j <= Math.min(view.size('y') - 1, y + reach);
                        j++) {
                    for (int i = Math.max(0, x - reach); i <= Math.min(width - 1, x + reach); i++) {
                        if (marked[k][j * width + i] == 0) {
                            sum += slice[j * width + i];
                            count++;
                        }
                    }
                }
            }
            if (count >= 8) {
                return (float) (sum / count);
            }
        }
        return 0;
    }
}
