/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A map and what it says.
 *
 * @param map raw signed values, axes and shape of the model's input with batch 1; one channel or
 *     none where the method treats all channels together
 * @param quantity whether the values are amounts that add up
 * @param method the method's name
 * @param options every option that the method read, by key
 * @param target what was explained
 * @param score f(x): the target's value for the input
 * @param classLogits the logit of each class for the input
 * @param probabilities the probability of each class for the input
 * @param baseline what the map is measured against; empty where the method has none
 * @param completenessError Σ map − (f(x) − f(baseline)) for methods that promise it to be zero;
 *     with several baselines against the mean of f
 * @param unit what one unit of the map means
 * @param passes forward and backward passes that were run, per image
 * @param regions what region methods found, region by region; else empty
 * @param findings what else there is to say, by a lower-case key such as {@code efficiency.gap};
 *     logs print it and provenance keeps it as {@code attribution.<key>}
 */
public record Attribution(
        Tensor map,
        Quantity quantity,
        String method,
        Map<String, String> options,
        Target target,
        double score,
        float[] classLogits,
        double[] probabilities,
        String baseline,
        OptionalDouble completenessError,
        OptionalDouble baselineScore,
        String unit,
        long passes,
        List<RegionScore> regions,
        Map<String, String> findings) {

    public Attribution {
        regions = List.copyOf(regions);
        findings = new LinkedHashMap<>(findings);
    }

    /** The same with the scores of its regions. */
    public Attribution withRegions(List<RegionScore> scores) {
        return with(scores, findings, passes);
    }

    /** The same with one more finding; a number is best formatted with few digits. */
    public Attribution withFinding(String key, String text) {
        Map<String, String> more = new LinkedHashMap<>(findings);
        more.put(key, text);
        return with(new ArrayList<>(regions), more, passes);
    }

    /** The same with the passes of all that led to it. */
    public Attribution withPasses(long all) {
        return with(new ArrayList<>(regions), findings, all);
    }

    private Attribution with(List<RegionScore> scores, Map<String, String> texts, long all) {
        return new Attribution(
                map,
                quantity,
                method,
                options,
                target,
                score,
                classLogits,
                probabilities,
                baseline,
                completenessError,
                baselineScore,
                unit,
                all,
                scores,
                texts);
    }

    /** The completeness error as a share of |f(x) − f(baseline)|; empty where that is zero. */
    public OptionalDouble relativeCompletenessError() {
        if (completenessError.isEmpty() || baselineScore.isEmpty()) {
            return OptionalDouble.empty();
        }
        double difference = Math.abs(score - baselineScore.getAsDouble());
        return difference == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.abs(completenessError.getAsDouble()) / difference);
    }
}
