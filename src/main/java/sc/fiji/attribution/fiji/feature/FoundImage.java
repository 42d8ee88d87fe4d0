/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.feature;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.ImageStack;
import ij.process.ImageProcessor;
import java.util.Optional;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.feature.ActivationMaximisation;
import sc.fiji.attribution.method.feature.ImageRange;

/**
 * Shows what a network would see as an image: 32-bit values, with up to three channels in colours,
 * on the model's grid with the place of the image that it started from.
 *
 * @param start the image that it started from, if any
 * @param grid the model's
 * @param range of the values
 */
public record FoundImage(
        String title, Optional<ImagePlus> start, LayerGrid grid, ImageRange range) {

    /** More channels than this are shown one at a time. */
    private static final int COLOURS = 3;

    /** Looks at an image while it grows. */
    @FunctionalInterface
    public interface Viewer {

        /** Looks away. */
        Viewer NONE = (image, iteration, score) -> {};

        /**
         * Called every few iterations.
         *
         * @param image always the same one, with other pixels each time
         */
        void show(ImagePlus image, int iteration, double score);
    }

    public ImagePlus build(Tensor found) {
        int channels = found.size('c');
        int slices = found.size('z');
        ImageStack stack = new ImageStack(found.size('x'), found.size('y'));
        for (int i = 0; i < channels * slices; i++) {
            stack.addSlice(null, new float[found.size('x') * found.size('y')]);
        }
        ImagePlus image = new ImagePlus(title, stack);
        image.setDimensions(channels, slices, 1);
        image.setOpenAsHyperStack(true);
        if (channels > 1) {
            image =
                    new CompositeImage(
                            image,
                            channels <= COLOURS
                                    ? CompositeImage.COMPOSITE
                                    : CompositeImage.GRAYSCALE);
        }
        if (start.isPresent()) {
            grid.calibrate(start.get(), image);
        }
        fill(image, found);
        return image;
    }

    /** Pixels and display range. */
    private void fill(ImagePlus image, Tensor found) {
        int channels = found.size('c');
        float[][] limits = new float[channels][];
        for (int c = 0; c < channels; c++) {
            float low = Float.POSITIVE_INFINITY;
            float high = Float.NEGATIVE_INFINITY;
            for (int z = 0; z < found.size('z'); z++) {
                float[] plane =
                        (float[]) image.getStack().getPixels(image.getStackIndex(c + 1, z + 1, 1));
                for (int i = 0; i < plane.length; i++) {
                    int at =
                            c * found.stride('c')
                                    + z * found.stride('z')
                                    + i / found.size('x') * found.stride('y')
                                    + i % found.size('x') * found.stride('x');
                    plane[i] = found.data()[at];
                    low = Math.min(low, plane[i]);
                    high = Math.max(high, plane[i]);
                }
            }
            boolean bounded = range.bounded();
            limits[c] =
                    new float[] {bounded ? range.low()[c] : low, bounded ? range.high()[c] : high};
        }
        show(image, limits);
    }

    private static void show(ImagePlus image, float[][] limits) {
        if (image instanceof CompositeImage composite) {
            for (int c = 0; c < limits.length; c++) {
                composite.getChannelLut(c + 1).min = limits[c][0];
                composite.getChannelLut(c + 1).max = limits[c][1];
            }
            composite.setLuts(composite.getLuts());
        } else {
            ImageProcessor processor = image.getProcessor();
            processor.setMinAndMax(limits[0][0], limits[0][1]);
            image.setDisplayRange(limits[0][0], limits[0][1]);
        }
    }

    /** Hands what grows on to a viewer. */
    public ActivationMaximisation.Preview preview(Viewer viewer) {
        if (viewer == Viewer.NONE) {
            return ActivationMaximisation.Preview.NONE;
        }
        ImagePlus[] shown = new ImagePlus[1];
        return (iteration, score, tensor) -> {
            if (shown[0] == null) {
                shown[0] = build(tensor);
            } else {
                fill(shown[0], tensor);
            }
            viewer.show(shown[0], iteration, score);
        };
    }
}
