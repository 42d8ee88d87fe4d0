/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.grid;

import java.util.Arrays;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.Tensor;

/**
 * Linear resampling along one axis as a sparse matrix: value {@code i} of the result is the sum of
 * the source's values from {@code first[i]} on, weighted by {@code weights[i]}.
 *
 * @param sources extent of the source
 * @param first for each value of the result the first source value that counts
 * @param weights for each value of the result the weights of that source value and the next ones
 */
public record AxisResampling(int sources, int[] first, double[][] weights) {

    /** Values of a tensor from which on its rows go to all cores. */
    private static final int WORTH_SHARING = 1 << 18;

    /** Rows that are gone through together. */
    private static final int TILE = 16;

    /**
     * Interpolates linearly between half-pixel centres, so that both grids cover the same length
     * and the outermost values hold beyond the outermost centres. Where the axis shrinks, the
     * triangle of the interpolation is widened by the ratio, so that every source value counts and
     * fine structure does not alias. The weights of each result add up to 1. These are the numbers
     * of Pillow's {@code BILINEAR}; {@code tf.image.resize(…, antialias=True)} and PyTorch's
     * antialiased bilinear are defined likewise. Constants stay exactly; so do ramps, off the ends,
     * where the axis grows or shrinks by a whole factor, while other ratios move them by less than
     * a twentieth of a voxel.
     *
     * @param sources extent of the source, at least 1
     * @param targets extent of the result, at least 1
     */
    public static AxisResampling linear(int sources, int targets) {
        double ratio = (double) sources / targets;
        double reach = Math.max(1, ratio);
        int[] first = new int[targets];
        double[][] weights = new double[targets][];
        for (int i = 0; i < targets; i++) {
            double centre = (i + 0.5) * ratio - 0.5;
            int from = Math.max(0, (int) Math.floor(centre - reach) + 1);
            int to = Math.min(sources - 1, (int) Math.ceil(centre + reach) - 1);
            double[] row = new double[to - from + 1];
            double sum = 0;
            for (int j = from; j <= to; j++) {
                row[j - from] = 1 - Math.abs(j - centre) / reach;
                sum += row[j - from];
            }
            for (int j = 0; j < row.length; j++) {
                row[j] /= sum;
            }
            first[i] = from;
            weights[i] = row;
        }
        return new AxisResampling(sources, first, weights);
    }

    /**
     * Interpolates linearly at given places; the outermost values hold beyond the outermost ones.
     *
     * @param sources extent of the source, at least 1
     * @param targets extent of the result, at least 1
     * @param origin where the first source value lies among the result's, and
     * @param step how far the next lies behind it
     */
    public static AxisResampling between(int sources, int targets, double origin, double step) {
        int[] first = new int[targets];
        double[][] weights = new double[targets][];
        for (int i = 0; i < targets; i++) {
            double at = Math.max(0, Math.min(sources - 1, (i - origin) / step));
            first[i] = Math.min((int) at, Math.max(0, sources - 2));
            double second = at - first[i];
            weights[i] = sources == 1 ? new double[] {1} : new double[] {1 - second, second};
        }
        return new AxisResampling(sources, first, weights);
    }

    public int targets() {
        return first.length;
    }

    /** The adjoint: from the result's grid to the source's, with the matrix transposed. */
    public AxisResampling transpose() {
        int[] begin = new int[sources];
        int[] end = new int[sources];
        Arrays.fill(begin, targets());
        for (int i = 0; i < targets(); i++) {
            for (int j = first[i]; j < first[i] + weights[i].length; j++) {
                begin[j] = Math.min(begin[j], i);
                end[j] = i + 1;
            }
        }
        double[][] columns = new double[sources][];
        for (int j = 0; j < sources; j++) {
            begin[j] = Math.min(begin[j], end[j]);
            columns[j] = new double[end[j] - begin[j]];
            for (int i = begin[j]; i < end[j]; i++) {
                int position = j - first[i];
                if (position >= 0 && position < weights[i].length) {
                    columns[j][i - begin[j]] = weights[i][position];
                }
            }
        }
        return new AxisResampling(targets(), begin, columns);
    }

    /**
     * Applies the matrix along one axis, adding up in double precision.
     *
     * @param axis an axis of the tensor, of extent {@link #sources()}
     * @return a new tensor whose extent there is {@link #targets()}
     */
    public Tensor apply(Tensor tensor, char axis) {
        int[] shape = tensor.shape().clone();
        shape[tensor.axes().indexOf(axis)] = targets();
        Tensor result = Tensor.zeros(tensor.axes(), shape);
        int inner = tensor.stride(axis);
        int outer = tensor.length() / (inner * sources);
        float[] from = tensor.data();
        float[] to = result.data();
        // Each result is a sum of its own, so that it has the same bits on any core.
        if (inner == 1) {
            parts((outer + TILE - 1) / TILE, tensor.length())
                    .forEach(
                            tile -> {
                                int row = tile * TILE;
                                int count = Math.min(TILE, outer - row);
                                alongRows(from, row * sources, to, row * targets(), count);
                            });
        } else {
            parts(outer * targets(), tensor.length())
                    .forEach(
                            row -> {
                                int source = row / targets() * sources * inner;
                                place(row % targets(), from, source, inner, to, row * inner, inner);
                            });
        }
        return result;
    }

    private static IntStream parts(int count, int size) {
        IntStream parts = IntStream.range(0, count);
        return size < WORTH_SHARING ? parts : parts.parallel();
    }

    /**
     * One place of the results, for many that lie side by side.
     *
     * @param i the place
     * @param at where the values of the first source place lie
     * @param step from them to those of the next source place
     * @param to takes {@code count} values from {@code target} on
     */
    public void place(int i, float[] from, int at, int step, float[] to, int target, int count) {
        WeightedSum.ofRows(weights[i], from, at + first[i] * step, step, to, target, count);
    }

    /**
     * Rows along the axis, one behind the other, become rows of results.
     *
     * @param at where the first row begins
     * @param rows how many there are
     */
    public void alongRows(float[] from, int at, float[] to, int target, int rows) {
        // Some rows at a time stay in the cache while the places are gone through.
        for (int row = 0; row < rows; row += TILE) {
            int count = Math.min(TILE, rows - row);
            int source = at + row * sources;
            int result = target + row * targets();
            for (int i = 0; i < first.length; i++) {
                WeightedSum.ofNeighbours(
                        weights[i],
                        from,
                        source + first[i],
                        sources,
                        to,
                        result + i,
                        targets(),
                        count);
            }
        }
    }
}
