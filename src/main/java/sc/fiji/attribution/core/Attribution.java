/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

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
 * @param unit what one unit of the map means
 * @param run how it was made
 * @param answer the score that is explained, and what else the network says
 * @param reference what it is measured against
 * @param regions what region methods found, region by region; else empty
 * @param findings what else there is to say, by a lower-case key such as {@code efficiency.gap};
 *     logs print it and provenance keeps it as {@code attribution.<key>}
 */
public record Attribution(
        Tensor map,
        Quantity quantity,
        String unit,
        Run run,
        Answer answer,
        Reference reference,
        List<RegionScore> regions,
        Map<String, String> findings) {

    /**
     * How a map is made.
     *
     * @param method the method's name
     * @param options every option that the method read, by key
     * @param passes forward and backward passes that were run, per image
     */
    public record Run(String method, Map<String, String> options, long passes) {}

    /**
     * What a network says of an image.
     *
     * @param target what was asked about
     * @param score f(x): the target's value for the input
     * @param classLogits the logit of each class for the input
     * @param probabilities the probability of each class for the input; empty where it has none
     */
    public record Answer(
            Target target, double score, float[] classLogits, double[] probabilities) {}

    /**
     * What a map is measured against.
     *
     * @param baseline in words; empty where the method has none
     * @param score f(baseline), or its mean over several; for methods that promise completeness
     * @param completenessError Σ map − (f(x) − f(baseline)), for the same
     */
    public record Reference(
            String baseline, OptionalDouble score, OptionalDouble completenessError) {

        /** A method without baseline. */
        public static final Reference NONE = of("");

        /** A method that replaces parts of the image by a baseline. */
        public static Reference of(String baseline) {
            return new Reference(baseline, OptionalDouble.empty(), OptionalDouble.empty());
        }

        /** A method that promises that Σ map = f(x) − f(baseline). */
        public static Reference complete(String baseline, double score, double error) {
            return new Reference(baseline, OptionalDouble.of(score), OptionalDouble.of(error));
        }
    }

    public Attribution {
        regions = List.copyOf(regions);
        findings = new LinkedHashMap<>(findings);
    }

    /** The same with the scores of its regions. */
    public Attribution withRegions(List<RegionScore> scores) {
        return new Attribution(map, quantity, unit, run, answer, reference, scores, findings);
    }

    /** The same with one more finding; a number is best formatted with few digits. */
    public Attribution withFinding(String key, String text) {
        Map<String, String> more = new LinkedHashMap<>(findings);
        more.put(key, text);
        return new Attribution(map, quantity, unit, run, answer, reference, regions, more);
    }

    /** The same with the passes of all that led to it. */
    public Attribution withPasses(long all) {
        Run longer = new Run(run.method(), run.options(), all);
        return new Attribution(map, quantity, unit, longer, answer, reference, regions, findings);
    }

    /** The method's name. */
    public String method() {
        return run.method();
    }

    public Map<String, String> options() {
        return run.options();
    }

    public long passes() {
        return run.passes();
    }

    public Target target() {
        return answer.target();
    }

    /** f(x): the target's value for the input. */
    public double score() {
        return answer.score();
    }

    public float[] classLogits() {
        return answer.classLogits();
    }

    public double[] probabilities() {
        return answer.probabilities();
    }

    public String baseline() {
        return reference.baseline();
    }

    public OptionalDouble baselineScore() {
        return reference.score();
    }

    public OptionalDouble completenessError() {
        return reference.completenessError();
    }

    /** The completeness error as a share of |f(x) − f(baseline)|; empty where that is zero. */
    public OptionalDouble relativeCompletenessError() {
        if (completenessError().isEmpty() || baselineScore().isEmpty()) {
            return OptionalDouble.empty();
        }
        double difference = Math.abs(score() - baselineScore().getAsDouble());
        return difference == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.abs(completenessError().getAsDouble()) / difference);
    }
}
