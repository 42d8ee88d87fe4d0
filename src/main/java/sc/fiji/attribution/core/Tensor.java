/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

import java.util.Arrays;
import java.util.List;

/**
 * A dense float32 tensor in row-major order (last axis fastest) that carries its axis order. The
 * data array is not copied: whoever hands it over gives it away.
 *
 * @param axes the order of the axes
 * @param shape the extent of each axis, in that order
 * @param data the values; {@code data.length} is the product of the shape
 */
public record Tensor(Axes axes, int[] shape, float[] data) {

    public Tensor {
        if (shape.length != axes.rank()) {
            throw new IllegalArgumentException(
                    "axes " + axes + " do not fit the shape " + Arrays.toString(shape));
        }
        if (volume(shape) != data.length) {
            throw new IllegalArgumentException(
                    "shape "
                            + Arrays.toString(shape)
                            + " holds "
                            + volume(shape)
                            + " values, not "
                            + data.length);
        }
    }

    /** A tensor of zeros. */
    public static Tensor zeros(Axes axes, int... shape) {
        return new Tensor(axes, shape.clone(), new float[Math.toIntExact(volume(shape))]);
    }

    /** A tensor of zeros with the axes and the shape of another. */
    public static Tensor zerosLike(Tensor other) {
        return zeros(other.axes, other.shape);
    }

    /** A tensor of two axes, a row for each position of the first. */
    public static Tensor rows(Axes axes, float[][] rows) {
        int width = rows[0].length;
        float[] data = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, data, i * width, width);
        }
        return new Tensor(axes, new int[] {rows.length, width}, data);
    }

    private static long volume(int[] shape) {
        long volume = 1;
        for (int extent : shape) {
            volume = Math.multiplyExact(volume, extent);
        }
        return volume;
    }

    /** Extent of the axis; 1 where the tensor has no such axis. */
    public int size(char axis) {
        int position = axes.indexOf(axis);
        return position < 0 ? 1 : shape[position];
    }

    /** Number of values. */
    public int length() {
        return data.length;
    }

    /**
     * Step in {@link #data} from one position of the axis to the next; 0 where the tensor has no
     * such axis.
     */
    public int stride(char axis) {
        int position = axes.indexOf(axis);
        if (position < 0) {
            return 0;
        }
        int stride = 1;
        for (int i = position + 1; i < shape.length; i++) {
            stride *= shape[i];
        }
        return stride;
    }

    /** Where values lie along an axis; all at 0 where the tensor has no such axis. */
    public Along along(char axis) {
        return new Along(Math.max(1, stride(axis)), size(axis));
    }

    /** The same of several axes, in their order. */
    public List<Along> along(String letters) {
        return letters.chars().mapToObj(axis -> along((char) axis)).toList();
    }

    /**
     * The places along one axis of values in row-major order.
     *
     * @param stride step in the data from one place to the next
     * @param size extent of the axis
     */
    public record Along(int stride, int size) {

        /** The place of the value at that index of the data. */
        public int place(int index) {
            return index / stride % size;
        }

        /** The index of the same value in data without this axis. */
        public int without(int index) {
            return index / (stride * size) * stride + index % stride;
        }

        /** The reverse: the index in the data of a place of what lies at an index without it. */
        public int with(int index, int place) {
            return index / stride * stride * size + place * stride + index % stride;
        }
    }

    /**
     * The same values in another order of axes. Axes that only one of the orders has are of extent
     * 1.
     */
    public Tensor in(Axes order) {
        int[] extents = order.order().chars().map(axis -> size((char) axis)).toArray();
        if (volume(extents) != data.length) {
            throw new IllegalArgumentException(this + " has more than one place off " + order);
        }
        Tensor result = zeros(order, extents);
        List<Along> from = along(axes.order());
        List<Along> to = result.along(axes.order());
        for (int i = 0; i < data.length; i++) {
            int at = 0;
            for (int axis = 0; axis < from.size(); axis++) {
                at += from.get(axis).place(i) * to.get(axis).stride();
            }
            result.data[at] = data[i];
        }
        return result;
    }

    public Tensor copy() {
        return new Tensor(axes, shape.clone(), data.clone());
    }

    /** Sum of all values, in double precision. */
    public double sum() {
        double sum = 0;
        for (float value : data) {
            sum += value;
        }
        return sum;
    }

    /** Whether axes and shape are equal. */
    public boolean sameShape(Tensor other) {
        return axes.equals(other.axes) && Arrays.equals(shape, other.shape);
    }

    /** For messages: {@code bzyxc [1, 48, 56, 48, 3]}. */
    @Override
    public String toString() {
        return axes + " " + Arrays.toString(shape);
    }
}
