/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

import java.util.Arrays;

/** Separable Gaussian smoothing of a tensor's spatial axes. */
public final class GaussianBlur {

    private GaussianBlur() {}

    /**
     * Smooths each spatial axis; borders are extended by their last value. The kernel reaches to
     * four standard deviations and sums to 1.
     *
     * @param sigma standard deviation in voxels
     * @return a new tensor; takes two buffers of the input's size
     */
    public static Tensor blur(Tensor input, double sigma) {
        return convolve(input, kernel(sigma));
    }

    /** The mean over a cube that reaches so many voxels to each side; borders as above. */
    static Tensor mean(Tensor input, int radius) {
        double[] kernel = new double[2 * radius + 1];
        Arrays.fill(kernel, 1.0 / kernel.length);
        return convolve(input, kernel);
    }

    private static Tensor convolve(Tensor input, double[] kernel) {
        Tensor from = input;
        for (char axis : input.axes().spatial().toCharArray()) {
            Tensor to = Tensor.zerosLike(input);
            convolve(from, to, axis, kernel);
            from = to;
        }
        return from;
    }

    private static double[] kernel(double sigma) {
        int radius = (int) Math.ceil(4 * sigma);
        double[] kernel = new double[2 * radius + 1];
        double sum = 0;
        for (int i = -radius; i <= radius; i++) {
            kernel[i + radius] = Math.exp(-0.5 * i * i / (sigma * sigma));
            sum += kernel[i + radius];
        }
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] /= sum;
        }
        return kernel;
    }

    private static void convolve(Tensor from, Tensor to, char axis, double[] kernel) {
        Tensor.Along along = from.along(axis);
        int last = along.size() - 1;
        int radius = kernel.length / 2;
        float[] in = from.data();
        float[] out = to.data();
        for (int i = 0; i < in.length; i++) {
            int place = along.place(i);
            int start = i - place * along.stride();
            double sum = 0;
            for (int k = -radius; k <= radius; k++) {
                int at = Math.min(last, Math.max(0, place + k));
                sum += kernel[k + radius] * in[start + at * along.stride()];
            }
            out[i] = (float) sum;
        }
    }
}
