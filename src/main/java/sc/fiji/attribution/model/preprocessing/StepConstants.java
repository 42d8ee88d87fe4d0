/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.preprocessing;

import java.util.List;
import java.util.Locale;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Tensor;

/**
 * The constants of a pre-processing step: one for all values, or one for each position along an
 * axis.
 *
 * @param values at least one
 * @param axis letter of the axis along which they differ; ignored for a single one
 */
public record StepConstants(List<Double> values, char axis) {

    public StepConstants {
        values = List.copyOf(values);
    }

    static StepConstants of(double value) {
        return new StepConstants(List.of(value), 'c');
    }

    /**
     * The constant of each value along the axis.
     *
     * @throws ModelException where the tensor has another extent along the axis
     */
    double[] along(Tensor tensor) {
        int size = tensor.size(axis);
        if (values.size() != 1 && values.size() != size) {
            throw new ModelException(
                    "The model's description gives "
                            + values.size()
                            + " constants for pre-processing along axis "
                            + axis
                            + ", but the input "
                            + tensor
                            + " has "
                            + size
                            + " there: correct the description.");
        }
        double[] result = new double[size];
        for (int i = 0; i < size; i++) {
            result[i] = values.get(values.size() == 1 ? 0 : i);
        }
        return result;
    }

    @Override
    public String toString() {
        return values.size() == 1
                ? number(values.get(0))
                : axis
                        + "["
                        + String.join(", ", values.stream().map(StepConstants::number).toList())
                        + "]";
    }

    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.format(Locale.ROOT, "%.0f", value)
                : Double.toString(value);
    }
}
