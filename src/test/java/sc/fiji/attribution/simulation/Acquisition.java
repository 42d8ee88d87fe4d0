/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import java.util.Arrays;
import java.util.Random;

/** Makes the images that a scanner would see of an anatomy. */
record Acquisition(Scanner scanner) {

    /** What the median of the brain's voxels is set to. */
    static final float MEDIAN = 110;

    /** Blur that the skull stripping looks at the brain through, mm. */
    private static final double STRIPPING = 2;

    /** Thickness of the rim, as the blurred share of brain at its inner edge. */
    private static final double RIM = 0.85;

    /**
     * @param brightness of each {@link Tissue}: {@link Scanner#t1()} or {@link Scanner#flair()}
     * @return grey values on the anatomy's grid, 0 outside the stripped brain, {@link #MEDIAN} in
     *     the middle
     */
    float[] image(Anatomy anatomy, double[] brightness, Random random) {
        BrainGrid grid = anatomy.grid();
        float[] image = new float[grid.voxels()];
        for (int tissue = 0; tissue < brightness.length; tissue++) {
            float value = (float) brightness[tissue];
            float[] share = anatomy.shares()[tissue];
            for (int i = 0; i < image.length; i++) {
                image[i] += value * share[i];
            }
        }
        blur(image, grid, scanner.resolution());
        bias(image, grid);
        ghost(image, grid);
        noise(image, grid, random);
        return stripped(image, anatomy);
    }

    private void bias(float[] image, BrainGrid grid) {
        for (int i = 0; i < image.length; i++) {
            if (image[i] > 0) {
                double[] at = grid.place(i);
                image[i] *= (float) scanner.field(at[0] / 72, at[1] / 96, at[2] / 84);
            }
        }
    }

    private void ghost(float[] image, BrainGrid grid) {
        float[] source = image.clone();
        float weight = (float) scanner.ghost();
        for (int i = 0; i < image.length; i++) {
            int y = i / grid.x() % grid.y();
            int moved = (y + grid.y() / 2) % grid.y();
            image[i] += weight * source[i + (moved - y) * grid.x()];
        }
    }

    /** The magnitude of a complex signal with Gaussian noise in both parts. */
    private void noise(float[] image, BrainGrid grid, Random random) {
        float[] real = grain(grid, random);
        float[] imaginary = grain(grid, random);
        for (int i = 0; i < image.length; i++) {
            double a = image[i] + scanner.noise() * real[i];
            double b = scanner.noise() * imaginary[i];
            image[i] = (float) Math.sqrt(a * a + b * b);
        }
    }

    /** Noise of unit variance, alike in neighbours. */
    private float[] grain(BrainGrid grid, Random random) {
        float[] noise = new float[grid.voxels()];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) random.nextGaussian();
        }
        blur(noise, grid, scanner.grain());
        double squares = 0;
        for (float value : noise) {
            squares += (double) value * value;
        }
        float scale = (float) (1 / Math.sqrt(squares / noise.length));
        for (int i = 0; i < noise.length; i++) {
            noise[i] *= scale;
        }
        return noise;
    }

    private float[] stripped(float[] image, Anatomy anatomy) {
        float[] brain = anatomy.brain();
        blur(brain, anatomy.grid(), STRIPPING);
        float[] kept = new float[image.length];
        int count = 0;
        for (int i = 0; i < image.length; i++) {
            if (brain[i] > scanner.strip()) {
                image[i] *= (float) (brain[i] < RIM ? 1 + scanner.rim() : 1);
                kept[count++] = image[i];
            } else {
                image[i] = 0;
            }
        }
        Arrays.sort(kept, 0, count);
        double median = kept[count / 2];
        for (int i = 0; i < image.length; i++) {
            image[i] = (float) (MEDIAN * StrictMath.pow(image[i] / median, scanner.gamma()));
        }
        return image;
    }

    /** Convolves with a Gaussian, along each axis in turn; nothing comes from outside. */
    static void blur(float[] image, BrainGrid grid, double mm) {
        double sigma = mm / grid.size();
        int reach = (int) Math.ceil(3 * sigma);
        double[] kernel = new double[2 * reach + 1];
        double sum = 0;
        for (int n = -reach; n <= reach; n++) {
            kernel[n + reach] = sigma > 0 ? StrictMath.exp(-0.5 * n * n / (sigma * sigma)) : 1;
            sum += kernel[n + reach];
        }
        int[] extent = {grid.x(), grid.y(), grid.z()};
        int[] strides = {1, grid.x(), grid.x() * grid.y()};
        for (int axis = 0; axis < 3 && reach > 0; axis++) {
            float[] source = image.clone();
            int stride = strides[axis];
            for (int i = 0; i < image.length; i++) {
                int at = i / stride % extent[axis];
                double value = 0;
                int last = Math.min(reach, extent[axis] - 1 - at);
                for (int n = Math.max(-reach, -at); n <= last; n++) {
                    value += kernel[n + reach] * source[i + n * stride];
                }
                image[i] = (float) (value / sum);
            }
        }
    }
}
