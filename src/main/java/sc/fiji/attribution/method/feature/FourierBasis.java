/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.feature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.Tensor;

/**
 * Waves along the axes of space, scaled so that each octave of frequencies has as much of the
 * image: by one over the frequency in 2-D, as Olah, Mordvintsev and Schubert do (Feature
 * Visualization, Distill 2017), and its power of 1.5 in 3-D. Coarse structure is found as fast as
 * fine, and no noise of single voxels grows. The waves are the cosines of the orthonormal DCT-II,
 * which are the Fourier waves of the mirrored image: unlike those of the image itself they do not
 * tie opposite borders together.
 *
 * <p>Along each axis this is a product with a matrix of extent × extent. For the extents of volumes
 * that costs less than a pass through a network, and any extent will do.
 */
final class FourierBasis implements Basis {

    private final List<Axis> axes = new ArrayList<>();
    private final int longest;
    private final double[] scale;
    private final double[] buffer;

    /**
     * @param matrix orthonormal, a row for each frequency
     * @param stride from one position to the next
     */
    private record Axis(double[][] matrix, double[][] transposed, int stride) {
        int extent() {
            return matrix.length;
        }
    }

    /**
     * @param like an image of batch 1 with the axes and extents
     */
    FourierBasis(Tensor like) {
        for (char axis : like.axes().spatial().toCharArray()) {
            if (like.size(axis) > 1) {
                double[][] matrix = cosines(like.size(axis));
                axes.add(new Axis(matrix, transpose(matrix), like.stride(axis)));
            }
        }
        longest = axes.stream().mapToInt(Axis::extent).max().orElse(1);
        scale = scale(like.length());
        buffer = new double[like.length()];
    }

    private static double[][] cosines(int n) {
        double[][] matrix = new double[n][n];
        for (int k = 0; k < n; k++) {
            double norm = Math.sqrt((k == 0 ? 1.0 : 2.0) / n);
            for (int i = 0; i < n; i++) {
                matrix[k][i] = norm * Math.cos(Math.PI * k * (i + 0.5) / n);
            }
        }
        return matrix;
    }

    private static double[][] transpose(double[][] matrix) {
        int n = matrix.length;
        double[][] transposed = new double[n][n];
        for (int i = 0; i < n * n; i++) {
            transposed[i % n][i / n] = matrix[i / n][i % n];
        }
        return transposed;
    }

    /** In cycles per voxel; that of the longest wave for the constant. */
    private double frequency(int i) {
        double square = 0;
        for (Axis axis : axes) {
            double cycles = i / axis.stride % axis.extent() / (2.0 * axis.extent());
            square += cycles * cycles;
        }
        return Math.max(Math.sqrt(square), 0.5 / longest);
    }

    /**
     * As much for each octave, whose waves are the more the more axes there are; of mean square 1.
     */
    private double[] scale(int length) {
        double[] factors = new double[length];
        double squares = 0;
        for (int i = 0; i < length; i++) {
            factors[i] = Math.pow(frequency(i), -axes.size() / 2.0);
            squares += factors[i] * factors[i] / length;
        }
        for (int i = 0; i < length; i++) {
            factors[i] /= Math.sqrt(squares);
        }
        return factors;
    }

    @Override
    public int[] groups(int length) {
        int[] groups = new int[length];
        Arrays.setAll(groups, i -> (int) Math.round(2 * longest * frequency(i)) - 1);
        return groups;
    }

    @Override
    public void gather(double[] gradient) {
        axes.forEach(axis -> multiply(axis.matrix, axis.stride, gradient));
        multiplyByScale(gradient);
    }

    @Override
    public void spread(double[] step) {
        multiplyByScale(step);
        axes.forEach(axis -> multiply(axis.transposed, axis.stride, step));
    }

    private void multiplyByScale(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= scale[i];
        }
    }

    /** Along one axis; each line is the business of one thread, so the sums are always the same. */
    private void multiply(double[][] matrix, int stride, double[] values) {
        int block = matrix.length * stride;
        System.arraycopy(values, 0, buffer, 0, values.length);
        IntStream.range(0, values.length / block)
                .parallel()
                .forEach(b -> multiply(matrix, stride, b * block, buffer, values));
    }

    private static void multiply(
            double[][] matrix, int stride, int start, double[] from, double[] to) {
        for (int k = 0; k < matrix.length; k++) {
            int at = start + k * stride;
            for (int s = 0; s < stride; s++) {
                to[at + s] = 0;
            }
            for (int i = 0; i < matrix.length; i++) {
                double weight = matrix[k][i];
                int source = start + i * stride;
                for (int s = 0; s < stride; s++) {
                    to[at + s] += weight * from[source + s];
                }
            }
        }
    }
}
