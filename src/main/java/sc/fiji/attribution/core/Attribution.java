/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * A map and what it says.
 *
 * @param map raw signed values, axes and shape of the model's input with batch 1
 * @param method the method's name
 * @param options every option that the method read, by key
 * @param target what was explained
 * @param classLogits the logit of each class for the input
 * @param probabilities the probability of each class for the input
 * @param baseline what the map is measured against; empty where the method has none
 * @param completenessError Σ map − (f(x) − f(baseline)) in units of the logit, for methods that
 *     promise it to be zero; with several baselines against the mean of f
 * @param unit what one unit of the map means
 * @param passes forward and backward passes that were run, per image
 */
public record Attribution(
        Tensor map,
        String method,
        Map<String, String> options,
        Target target,
        float[] classLogits,
        double[] probabilities,
        String baseline,
        OptionalDouble completenessError,
        OptionalDouble baselineScore,
        String unit,
        long passes) {

    /** f(x): the explained score of the input. */
    public double score() {
        return target.value(classLogits);
    }

    /** The completeness error as a share of |f(x) − f(baseline)|. */
    public OptionalDouble relativeCompletenessError() {
        if (completenessError.isEmpty() || baselineScore.isEmpty()) {
            return OptionalDouble.empty();
        }
        double difference = Math.abs(score() - baselineScore.getAsDouble());
        return OptionalDouble.of(Math.abs(completenessError.getAsDouble()) / difference);
    }
}
