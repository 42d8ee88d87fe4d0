/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import java.util.Arrays;
import net.imglib2.RandomAccessibleInterval;
import net.imglib2.type.numeric.RealType;
import net.imglib2.view.Views;

/**
 * Compact regions of similar values, in any number of dimensions: k-means over place and value,
 * each centre looking only at its surroundings, then small pieces joined to a neighbour. Achanta et
 * al., SLIC Superpixels, TPAMI 2012. Starts from a regular grid, so the result is always the same.
 *
 * <p>Distances in space are in units of the wanted size along each axis: where that is one length
 * in calibrated units, they are calibrated distances, whatever the voxels. Those of values are in
 * standard deviations of each channel over the image. Memory: a copy of the image as floats and
 * three numbers for each position.
 */
final class Supervoxels {

    private static final int ITERATIONS = 10;

    /** A difference of so many standard deviations weighs as much as the size in space. */
    private static final double COMPACTNESS = 0.5;

    // Of each axis of space, slowest first.
    private final int[] extents;
    private final double[] size;

    /** From one centre to the next at the start, which fills the axis evenly. */
    private final double[] step;

    private final int channels;

    /** Position by position, channels fastest. */
    private final float[] values;

    private final double[] scale;
    private final int[] labels;
    private final double[] distances;

    private <T extends RealType<T>> Supervoxels(double[] size, RandomAccessibleInterval<T> source) {
        int n = size.length;
        this.extents = new int[n];
        this.size = new double[n];
        this.step = new double[n];
        int positions = 1;
        for (int a = 0; a < n; a++) {
            int dimension = n - 1 - a;
            this.extents[a] = Math.toIntExact(source.dimension(dimension));
            this.size[a] = size[dimension];
            long centres = Math.round(extents[a] / this.size[a]);
            this.step[a] = (double) extents[a] / Math.max(1, Math.min(extents[a], centres));
            positions = Math.multiplyExact(positions, extents[a]);
        }
        this.channels = Math.toIntExact(source.dimension(n));
        this.values = new float[Math.multiplyExact(positions, channels)];
        for (int c = 0; c < channels; c++) {
            int i = c;
            for (T value : Views.flatIterable(Views.hyperSlice(source, n, source.min(n) + c))) {
                values[i] = value.getRealFloat();
                i += channels;
            }
        }
        this.scale = scale();
        this.labels = new int[positions];
        this.distances = new double[positions];
    }

    /**
     * Divides an image.
     *
     * @param size wanted extents of a region in voxels along each dimension of space, positive;
     *     need not be whole
     * @param source dimensions of space, and a last one of channels; finite; not changed
     * @param target of the source's extents in space; gets the labels from 1, and each region is
     *     connected
     * @return the number of regions
     */
    static <T extends RealType<T>, L extends RealType<L>> int divide(
            double[] size, RandomAccessibleInterval<T> source, RandomAccessibleInterval<L> target) {
        Supervoxels voxels = new Supervoxels(size, source);
        voxels.cluster();
        int smallest = (int) (Arrays.stream(voxels.step).reduce(1, (a, b) -> a * b) / 4);
        int[] connected = new ConnectedLabels(voxels.extents, voxels.labels).join(smallest);
        int count = 0;
        int i = 0;
        for (L label : Views.flatIterable(target)) {
            count = Math.max(count, connected[i]);
            label.setReal(connected[i++]);
        }
        return count;
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
        double[] scale = new double[channels];
        int positions = values.length / channels;
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            double squares = 0;
            for (int i = c; i < values.length; i += channels) {
                double value = values[i];
                sum += value;
                squares += value * value;
            }
            double mean = sum / positions;
            double variance = squares / positions - mean * mean;
            boolean flat = !(variance > 1e-12 * mean * mean);
            scale[c] = flat ? 0 : 1 / (variance * channels * COMPACTNESS * COMPACTNESS);
        }
        return scale;
    }

    private void cluster() {
        int dimensions = extents.length;
        int[] counts = new int[dimensions];
        Arrays.setAll(counts, a -> (int) Math.round(extents[a] / step[a]));
        int clusters = Arrays.stream(counts).reduce(1, (a, b) -> a * b);
        double[][] centres = new double[clusters][dimensions + channels];
        for (int i = 0; i < labels.length; i++) {
            int[] at = place(i);
            int label = 0;
            for (int a = 0; a < dimensions; a++) {
                label = label * counts[a] + (int) (at[a] / step[a]);
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
        double[][] sums = new double[centres.length][dimensions + channels];
        int[] sizes = new int[centres.length];
        for (int i = 0; i < labels.length; i++) {
            int[] at = place(i);
            double[] sum = sums[labels[i]];
            for (int a = 0; a < dimensions; a++) {
                sum[a] += at[a];
            }
            for (int c = 0; c < channels; c++) {
                sum[dimensions + c] += values[i * channels + c];
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
            for (int c = 0; c < channels; c++) {
                double difference = values[before * channels + c] - centre[axis + c];
                sum += difference * difference * scale[c];
            }
            if (sum < distances[before]) {
                distances[before] = sum;
                labels[before] = label;
            }
            return;
        }
        int from = (int) Math.max(0, Math.ceil(centre[axis] - step[axis]));
        int to = (int) Math.min(extents[axis] - 1, Math.floor(centre[axis] + step[axis]));
        for (int i = from; i <= to; i++) {
            double away = (i - centre[axis]) / size[axis];
            claim(label, centre, axis + 1, before * extents[axis] + i, distance + away * away);
        }
    }
}
