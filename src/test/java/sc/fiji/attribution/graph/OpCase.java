/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.ir.Ops;

/**
 * One op on small inputs: what a gradient rule is tried on.
 *
 * @param op the op's type
 * @param variant what is special about this case
 * @param inputs in the op's order
 * @param attributes alternating names and values, as {@link Ops#emit} takes them
 * @param type of the differentiated inputs: double where the kernels have it
 * @param step of the finite differences
 * @param tolerance of the gradient, relative to its largest element
 * @param outputs how many of the op's outputs count
 */
public record OpCase(
        String op,
        String variant,
        List<Input> inputs,
        Object[] attributes,
        DataType type,
        double step,
        double tolerance,
        int outputs) {

    /** A value, and whether its gradient is wanted: then it is fed, otherwise it is a constant. */
    public record Input(Values values, boolean differentiated) {}

    public static OpCase op(String op, String variant, Input... inputs) {
        return new OpCase(
                op,
                variant,
                List.of(inputs),
                new Object[0],
                DataType.DT_DOUBLE,
                1e-4,
                1e-7,
                Integer.MAX_VALUE);
    }

    OpCase with(Object... more) {
        Object[] all = Arrays.copyOf(attributes, attributes.length + more.length);
        System.arraycopy(more, 0, all, attributes.length, more.length);
        return new OpCase(op, variant, inputs, all, type, step, tolerance, outputs);
    }

    /** For kernels that come in float only, or where float is the point. */
    public OpCase inFloat(double newStep, double newTolerance) {
        return new OpCase(
                op, variant, inputs, attributes, DataType.DT_FLOAT, newStep, newTolerance, outputs);
    }

    /** The case in float32, whatever its own type. */
    public OpCase inFloat() {
        return inFloat(step, tolerance);
    }

    OpCase firstOutputOnly() {
        return new OpCase(op, variant, inputs, attributes, type, step, tolerance, 1);
    }

    /** Whether the case runs only where TensorFlow was built with oneDNN and uses it. */
    public boolean needsOneDnn() {
        return variant.contains("oneDNN");
    }

    @Override
    public String toString() {
        return op + ", " + variant;
    }
}
