/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.engine.tensorflow.Values;

/** Small inputs of test cases, the same in every run. */
public final class Inputs {

    private static final Random RANDOM = new Random();

    private Inputs() {}

    /** Begins the sequence of random values again, so that a test does not depend on another. */
    public static void restart() {
        RANDOM.setSeed(20260729);
    }

    /** Differentiated, normally distributed. */
    public static OpCase.Input x(long... shape) {
        return new OpCase.Input(fill(shape, RANDOM::nextGaussian), true);
    }

    /** Differentiated, between 0.5 and 2. */
    public static OpCase.Input positive(long... shape) {
        return new OpCase.Input(fill(shape, () -> 0.5 + 1.5 * RANDOM.nextDouble()), true);
    }

    /** Differentiated, distinct values at least 0.1 apart and at least 0.05 from any integer. */
    public static OpCase.Input apart(long... shape) {
        int count = (int) Values.count(shape);
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(0.1 * (i - count / 2) + 0.05);
        }
        Collections.shuffle(values, RANDOM);
        double[] data = values.stream().mapToDouble(Double::doubleValue).toArray();
        return new OpCase.Input(new Values(DataType.DT_DOUBLE, shape, data), true);
    }

    /** Differentiated, with the values given. */
    public static OpCase.Input exactly(long[] shape, double... values) {
        return new OpCase.Input(new Values(DataType.DT_DOUBLE, shape, values), true);
    }

    /** The same values as a constant. */
    public static OpCase.Input fixed(OpCase.Input input) {
        return new OpCase.Input(input.values(), false);
    }

    /** A constant vector of int32. */
    public static OpCase.Input ints(int... values) {
        return table(new long[] {values.length}, values);
    }

    /** A constant scalar of int32. */
    public static OpCase.Input scalar(int value) {
        return table(new long[0], value);
    }

    /** A constant of int32. */
    public static OpCase.Input table(long[] shape, int... values) {
        double[] data = Arrays.stream(values).asDoubleStream().toArray();
        return new OpCase.Input(new Values(DataType.DT_INT32, shape, data), false);
    }

    /** The same as int64. */
    public static OpCase.Input asLong(OpCase.Input input) {
        return new OpCase.Input(input.values().as(DataType.DT_INT64), false);
    }

    /** A random mask. */
    public static OpCase.Input mask(long... shape) {
        return new OpCase.Input(fill(shape, () -> RANDOM.nextInt(2)).as(DataType.DT_BOOL), false);
    }

    public static long[] shape(long... extents) {
        return extents;
    }

    private static Values fill(long[] shape, DoubleSupplier next) {
        double[] data = new double[(int) Values.count(shape)];
        // Values that float32 holds exactly, so that a case is the same in both types.
        Arrays.setAll(data, i -> (float) next.getAsDouble());
        return new Values(DataType.DT_DOUBLE, shape, data);
    }
}
