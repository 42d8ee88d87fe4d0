/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.ByteProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import ij.process.ShortProcessor;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.testing.Npy;

/** Images, tensors and model descriptions for the tests. */
public final class Specimens {

    private Specimens() {}

    /** A hyperstack whose value at x, y, c, z, t (from 0) the function gives. */
    public static ImagePlus image(
            int bits,
            int w,
            int h,
            int channels,
            int slices,
            int frames,
            ToDoubleFunction<int[]> f) {
        ImageStack stack = new ImageStack(w, h);
        for (int t = 0; t < frames; t++) {
            for (int z = 0; z < slices; z++) {
                for (int c = 0; c < channels; c++) {
                    ImageProcessor ip =
                            switch (bits) {
                                case 8 -> new ByteProcessor(w, h);
                                case 16 -> new ShortProcessor(w, h);
                                default -> new FloatProcessor(w, h);
                            };
                    for (int y = 0; y < h; y++) {
                        for (int x = 0; x < w; x++) {
                            ip.setf(x, y, (float) f.applyAsDouble(new int[] {x, y, c, z, t}));
                        }
                    }
                    stack.addSlice("label c" + c + " z" + z + " t" + t, ip);
                }
            }
        }
        ImagePlus image = new ImagePlus("specimen", stack);
        image.setDimensions(channels, slices, frames);
        image.setOpenAsHyperStack(image.getNDimensions() > 3);
        return image;
    }

    /** The sum of a 32-bit image. */
    public static double sum(ImagePlus map) {
        double sum = 0;
        for (int i = 1; i <= map.getStackSize(); i++) {
            for (float value : (float[]) map.getStack().getPixels(i)) {
                sum += value;
            }
        }
        return sum;
    }

    /** Of an array with batch and channel, of 1 each, before space. */
    public static ImagePlus of(Npy array, String title) {
        int[] shape = array.shape();
        int width = shape[shape.length - 1];
        int height = shape[shape.length - 2];
        ImageStack stack = new ImageStack(width, height);
        for (int z = 0; z < array.floats().length / width / height; z++) {
            float[] plane = new float[width * height];
            System.arraycopy(array.floats(), z * plane.length, plane, 0, plane.length);
            stack.addSlice(null, plane);
        }
        ImagePlus image = new ImagePlus(title, stack);
        image.setDimensions(1, stack.size(), 1);
        return image;
    }

    /** Volume with a value that tells every position apart. */
    public static ImagePlus numbered(int bits, int w, int h, int channels, int slices, int frames) {
        return image(bits, w, h, channels, slices, frames, Specimens::number);
    }

    public static double number(int[] p) {
        return p[0] + 3 * p[1] + 17 * p[2] + 29 * p[3] + 101 * p[4];
    }

    public static ModelSpec spec(String axes, int... shape) {
        return new ModelSpec(
                "net", "00", new Axes(axes), shape, Head.SOFTMAX, List.of("healthy", "ill"));
    }

    public static Tensor random(long seed, String axes, int... shape) {
        Tensor tensor = Tensor.zeros(new Axes(axes), shape);
        Random random = new Random(seed);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.data()[i] = (float) random.nextGaussian();
        }
        return tensor;
    }
}
