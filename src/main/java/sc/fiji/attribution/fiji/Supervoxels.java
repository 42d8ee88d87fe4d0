/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import java.util.Arrays;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;

/**
 * Compact regions of similar values, in any number of dimensions: k-means over place and value,
 * each centre looking only at its surroundings, then small pieces joined to a neighbour. Achanta et
 * al., SLIC Superpixels, TPAMI 2012. Starts from a regular grid, so the result is always the same.
 *
 * <p>Distances in space are in units of the wanted size along each axis, so a size in calibrated
 * units gives regions that are as wide along z as along x; those of values are in standard
 * deviations of each channel over the image. Memory: three numbers for each position.
 */
final class Supervoxels {

    private static final int ITERATIONS = 10;

    /** A difference of so many standard deviations weighs as much as the size in space. */
    private static final double COMPACTNESS = 0.5;

    private final Tensor input;
    private final String space;
    private final int[] extents;
    private final double[] size;
    private final int[] offsets;
    private final double[] scale;
    private final int[] labels;
    private final double[] distances;

    private Supervoxels(Tensor input, int[] size) {
        this.input = input;
        this.space = input.axes().spatial();
        this.extents = space.chars().map(axis -> input.size((char) axis)).toArray();
        this.size = Arrays.stream(size).asDoubleStream().toArray();
        int positions = Arrays.stream(extents).reduce(1, (a, b) -> a * b);
        this.offsets = new int[positions];
        for (int i = 0; i < positions; i++) {
            int[] at = place(i);
            for (int a = 0; a < at.length; a++) {
                offsets[i] += at[a] * input.stride(space.charAt(a));
            }
        }
        this.scale = scale();
        this.labels = new int[positions];
        this.distances = new double[positions];
    }

    /**
     * Divides an image.
     *
     * @param input one image, batch 1
     * @param size wanted extents of a region in voxels, in the order of the input's axes of space
     * @return the labels from 1, without a channel axis; each region is connected
     */
    static Tensor of(Tensor input, int[] size) {
        Supervoxels voxels = new Supervoxels(input, size);
        voxels.cluster();
        Tensor result =
                Tensor.zeros(
                        new Axes("b" + voxels.space),
                        java.util.stream.IntStream.concat(
                                        java.util.stream.IntStream.of(1),
                                        Arrays.stream(voxels.extents))
                                .toArray());
        int smallest = (int) (Arrays.stream(voxels.size).reduce(1, (a, b) -> a * b) / 4);
        int[] connected = new ConnectedLabels(voxels.extents, voxels.labels).join(smallest);
        for (int i = 0; i < connected.length; i++) {
            result.data()[i] = connected[i];
        }
        return result;
    }

    private int[] place(int position) {
        int[] at = new int[extents.length];
        int rest = position;
        for (int a = extents.length - 1; a >= 0; a--) {
            at[a] = rest % extents[a];
            rest /= extents[a];
        }
        return at;
    }

    /** For each channel what makes squared differences comparable with those in space. */
    private double[] scale() {
        int channels = input.size('c');
        double[] scale = new double[channels];
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            double squares = 0;
            for (int offset : offsets) {
                double value = input.data()[offset + c * input.stride('c')];
                sum += value;
                squares += value * value;
            }
            double mean = sum / offsets.length;
            double variance = squares / offsets.length - mean * mean;
            boolean flat = !(variance > 1e-12 * mean * mean);
            scale[c] = flat ? 0 : 1 / (variance * channels * COMPACTNESS * COMPACTNESS);
        }
        return scale;
    }

    private void cluster() {
        int dimensions = extents.length;
        int[] counts = new int[dimensions];
        for (int a = 0; a < dimensions; a++) {
            counts[a] = (int) Math.max(1, Math.round(extents[a] / size[a]));
            // So that the regions fill the axis evenly.
            size[a] = (double) extents[a] / counts[a];
        }
        int clusters = Arrays.stream(counts).reduce(1, (a, b) -> a * b);
        double[][] centres = new double[clusters][dimensions + input.size('c')];
        for (int i = 0; i < labels.length; i++) {
            int[] at = place(i);
            int label = 0;
            for (int a = 0; a < dimensions; a++) {
                label = label * counts[a] + (int) (at[a] / size[a]);
            }
            labels[i] = label;
        }
        for (int iteration = 0; iteration < ITERATIONS; iteration++) {
            average(centres);
            Arrays.fill(distances, Double.POSITIVE_INFINITY);
            for (int k = 0; k < clusters; k++) {
                claim(k, centres[k], 0, 0, 0);
            }
        }
    }

    /** Moves each centre to the mean of its region; one that has lost all stays where it was. */
    private void average(double[][] centres) {
        int dimensions = extents.length;
        double[][] sums = new double[centres.length][dimensions + input.size('c')];
        int[] sizes = new int[centres.length];
        for (int i = 0; i < labels.length; i++) {
            int[] at = place(i);
            double[] sum = sums[labels[i]];
            for (int a = 0; a < dimensions; a++) {
                sum[a] += at[a];
            }
            for (int c = 0; c < input.size('c'); c++) {
                sum[dimensions + c] += input.data()[offsets[i] + c * input.stride('c')];
            }
            sizes[labels[i]]++;
        }
        for (int k = 0; k < centres.length; k++) {
            for (int d = 0; d < sums[k].length && sizes[k] > 0; d++) {
                centres[k][d] = sums[k][d] / sizes[k];
            }
        }
    }

    /** Gives a centre the positions near it that are closer to it than to those before. */
    private void claim(int label, double[] centre, int axis, int before, double distance) {
        if (axis == extents.length) {
            double sum = distance;
            for (int c = 0; c < scale.length; c++) {
                double value = input.data()[offsets[before] + c * input.stride('c')];
                double difference = value - centre[axis + c];
                sum += difference * difference * scale[c];
            }
            if (sum < distances[before]) {
                distances[before] = sum;
                labels[before] = label;
            }
            return;
        }
        int from = (int) Math.max(0, Math.ceil(centre[axis] - size[axis]));
        int to = (int) Math.min(extents[axis] - 1, Math.floor(centre[axis] + size[axis]));
        for (int i = from; i <= to; i++) {
            double step = (i - centre[axis]) / size[axis];
            claim(label, centre, axis + 1, before * extents[axis] + i, distance + step * step);
        }
    }
}
