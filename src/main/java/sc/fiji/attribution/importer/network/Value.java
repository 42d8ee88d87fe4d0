/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.Arrays;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.Weight;

/**
 * A tensor of the network that is being built: of the graph, or a weight in its file, or a few
 * known numbers, such as a shape. Immutable.
 *
 * @param output where it is in the graph; null as long as it is only a weight or numbers
 * @param type of its elements
 * @param shape extents along its axes, in the author's order; -1 where the file leaves one open
 * @param last whether the graph holds it with its second axis, that of the channels, behind all
 *     others; the author never sees that
 * @param numbers its elements where they are known while importing, NaN for those that are not;
 *     null for all else
 * @param weight where its elements are, if they are those of a weight
 */
public record Value(
        Output output, DataType type, int[] shape, boolean last, double[] numbers, Weight weight) {

    /** Of the graph, its axes as the author has them. */
    public static Value of(Output output, DataType type, int... shape) {
        return new Value(output, type, shape, false, null, null);
    }

    /**
     * Of the graph, which holds it with its channels last.
     *
     * @param shape in the author's order, the channels second
     */
    public static Value last(Output output, DataType type, int... shape) {
        return new Value(output, type, shape, true, null, null);
    }

    /** Numbers known while importing. */
    public static Value known(DataType type, int[] shape, double... numbers) {
        return new Value(null, type, shape, false, numbers, null);
    }

    /** A vector of int64. */
    public static Value ints(long... values) {
        return known(
                DataType.DT_INT64,
                new int[] {values.length},
                Arrays.stream(values).asDoubleStream().toArray());
    }

    /** A scalar. */
    public static Value scalar(DataType type, double value) {
        return known(type, new int[0], value);
    }

    /** A weight, as the file has it. */
    public static Value of(Weight weight) {
        int[] shape = Arrays.stream(weight.shape()).mapToInt(Math::toIntExact).toArray();
        return new Value(null, weight.type(), shape, false, null, weight);
    }

    public int rank() {
        return shape.length;
    }

    /** Extent along an axis, which may be counted from behind; -1 where it is open. */
    public int extent(int axis) {
        return shape[axis < 0 ? axis + rank() : axis];
    }

    /** Number of elements, -1 where an extent is open. */
    public long size() {
        long size = 1;
        for (int extent : shape) {
            if (extent < 0) {
                return -1;
            }
            size *= extent;
        }
        return size;
    }

    /** All its numbers, where each is known while importing. */
    public Optional<double[]> allNumbers() {
        return numbers == null || Arrays.stream(numbers).anyMatch(Double::isNaN)
                ? Optional.empty()
                : Optional.of(numbers);
    }

    /** Whether it is the same for every image. */
    public boolean isConstant() {
        return weight != null || allNumbers().isPresent();
    }

    public boolean isFloating() {
        return type == DataType.DT_FLOAT || type == DataType.DT_DOUBLE;
    }

    /** The same axes, other values. */
    public Value as(Output other) {
        return new Value(other, type, shape, last, null, null);
    }

    /** Whether no extent is open from an axis on. */
    public boolean isKnown(int from) {
        return Arrays.stream(shape).skip(from).allMatch(extent -> extent >= 0);
    }
}
