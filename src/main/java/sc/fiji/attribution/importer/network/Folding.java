/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.tensorflow.proto.DataType;

/**
 * Arithmetic with numbers that are known while importing, above all shapes. An element that is not
 * known is NaN, and so is what depends on it.
 */
final class Folding {

    private Folding() {}

    /** Whether a value has numbers, and not too many to compute with. */
    static boolean applies(Value... values) {
        long most = 1;
        for (Value value : values) {
            if (value.numbers() == null) {
                return false;
            }
            most = Math.max(most, value.numbers().length);
        }
        return most <= NetworkBuilder.MOST_NUMBERS;
    }

    /** Extents that both broadcast to, as NumPy has it; an open one stays open. */
    static int[] broadcast(int[] a, int[] b) {
        int[] result = new int[Math.max(a.length, b.length)];
        for (int i = 1; i <= result.length; i++) {
            int left = i > a.length ? 1 : a[a.length - i];
            int right = i > b.length ? 1 : b[b.length - i];
            result[result.length - i] =
                    left == 1 ? right : right == 1 ? left : Math.max(left, right);
        }
        return result;
    }

    static double[] map(Value a, DataType type, DoubleUnaryOperator f) {
        return Arrays.stream(a.numbers())
                .map(x -> Double.isNaN(x) ? x : rounded(f.applyAsDouble(x), type))
                .toArray();
    }

    static double[] map(Value a, Value b, DataType type, DoubleBinaryOperator f) {
        int[] shape = broadcast(a.shape(), b.shape());
        double[] left = spread(a.numbers(), a.shape(), shape);
        double[] right = spread(b.numbers(), b.shape(), shape);
        double[] result = new double[left.length];
        for (int i = 0; i < result.length; i++) {
            double x = left[i];
            double y = right[i];
            result[i] =
                    Double.isNaN(x) || Double.isNaN(y)
                            ? Double.NaN
                            : rounded(f.applyAsDouble(x, y), type);
        }
        return result;
    }

    /** As the type holds it. */
    static double rounded(double x, DataType type) {
        return switch (type) {
            case DT_FLOAT -> (float) x;
            case DT_DOUBLE -> x;
            case DT_BOOL -> x == 0 ? 0 : 1;
            default -> Double.isNaN(x) ? x : x < 0 ? Math.ceil(x) : Math.floor(x);
        };
    }

    /** Numbers repeated to the extents that they broadcast to. */
    static double[] spread(double[] numbers, int[] from, int[] to) {
        if (Arrays.equals(from, to)) {
            return numbers;
        }
        int size = count(to);
        double[] result = new double[size];
        for (int i = 0; i < size; i++) {
            int at = 0;
            int stride = 1;
            int rest = i;
            for (int axis = 1; axis <= to.length; axis++) {
                int index = rest % to[to.length - axis];
                rest /= to[to.length - axis];
                if (axis <= from.length) {
                    int extent = from[from.length - axis];
                    at += (extent == 1 ? 0 : index) * stride;
                    stride *= extent;
                }
            }
            result[i] = numbers[at];
        }
        return result;
    }

    /** Number of elements, which must be known. */
    static int count(int... shape) {
        long count = 1;
        for (int extent : shape) {
            count *= extent;
            if (extent < 0 || count > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(Arrays.toString(shape));
            }
        }
        return (int) count;
    }

    /** With the axes in another order. */
    static double[] transpose(double[] numbers, int[] shape, int[] order) {
        int rank = shape.length;
        int[] to = Arrays.stream(order).map(axis -> shape[axis]).toArray();
        int[] strides = new int[rank];
        int stride = 1;
        for (int i = rank - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape[i];
        }
        double[] result = new double[numbers.length];
        for (int i = 0; i < result.length; i++) {
            int at = 0;
            int rest = i;
            for (int axis = rank - 1; axis >= 0; axis--) {
                at += rest % to[axis] * strides[order[axis]];
                rest /= to[axis];
            }
            result[i] = numbers[at];
        }
        return result;
    }

    /** Those at some indices along an axis. */
    static double[] gather(double[] numbers, int[] shape, int axis, int... indices) {
        int inner = count(Arrays.copyOfRange(shape, axis + 1, shape.length));
        int outer = count(Arrays.copyOf(shape, axis));
        double[] result = new double[outer * indices.length * inner];
        int at = 0;
        for (int o = 0; o < outer; o++) {
            for (int index : indices) {
                System.arraycopy(numbers, (o * shape[axis] + index) * inner, result, at, inner);
                at += inner;
            }
        }
        return result;
    }
}
