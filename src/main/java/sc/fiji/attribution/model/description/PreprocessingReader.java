/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.model.preprocessing.NumberType;
import sc.fiji.attribution.model.preprocessing.Preprocessing;
import sc.fiji.attribution.model.preprocessing.StepConstants;

/**
 * Reads pre-processing steps. Axes may be said by letters ({@code yx}) or as a list of ids ({@code
 * [y, x, channel]}).
 */
final class PreprocessingReader {

    private static final Map<String, String> LETTERS =
            Map.of("batch", "b", "channel", "c", "x", "x", "y", "y", "z", "z");

    private final Axes axes;
    private final List<String> warnings;

    /**
     * @param axes of the tensor that the steps are for
     * @param warnings where odd things are reported
     */
    public PreprocessingReader(Axes axes, List<String> warnings) {
        this.axes = axes;
        this.warnings = warnings;
    }

    /**
     * Reads one step.
     *
     * @param step for messages: where it stands
     * @param id its name, such as {@code scale_linear}
     * @param kwargs its settings
     * @throws ModelException where the step is not known, or a setting is missing or wrong
     */
    public Preprocessing read(YamlSection step, String id, YamlSection kwargs) {
        return switch (id) {
            case "zero_mean_unit_variance" -> zeroMean(kwargs);
            case "fixed_zero_mean_unit_variance" -> fixed(kwargs);
            case "scale_linear" ->
                    new Preprocessing.ScaleLinear(
                            constants(kwargs, "gain", 1.0), constants(kwargs, "offset", 0.0));
            case "scale_range" -> scaleRange(kwargs);
            case "clip" -> clip(kwargs);
            case "binarize" -> new Preprocessing.Binarize(constants(kwargs, "threshold", null));
            case "sigmoid" -> new Preprocessing.Sigmoid();
            case "ensure_dtype" -> ensureDtype(kwargs);
            default ->
                    throw step.refuse(
                            id,
                            "this step is not known; known are zero_mean_unit_variance,"
                                    + " fixed_zero_mean_unit_variance, scale_linear, scale_range,"
                                    + " clip, binarize, sigmoid and ensure_dtype; prepare the images"
                                    + " yourself and remove the step");
        };
    }

    private Preprocessing zeroMean(YamlSection kwargs) {
        String mode = mode(kwargs, kwargs.has("mean") ? "fixed" : "per_sample");
        if (mode.equals("fixed")) {
            return fixed(kwargs);
        }
        return new Preprocessing.ZeroMeanUnitVariance(joint(kwargs), eps(kwargs));
    }

    private Preprocessing fixed(YamlSection kwargs) {
        return new Preprocessing.FixedZeroMeanUnitVariance(
                constants(kwargs, "mean", null), constants(kwargs, "std", null), eps(kwargs));
    }

    private Preprocessing scaleRange(YamlSection kwargs) {
        mode(kwargs, "per_sample");
        if (kwargs.text("reference_tensor").isPresent()) {
            throw kwargs.refuse(
                    "reference_tensor", "the percentiles of another tensor cannot be used");
        }
        double low = kwargs.number("min_percentile").orElse(0);
        double high = kwargs.number("max_percentile").orElse(100);
        if (!(low >= 0 && low < high && high <= 100)) {
            throw kwargs.refuse(
                    "min_percentile",
                    low + " and max_percentile " + high + " are not 0 ≤ min < max ≤ 100");
        }
        return new Preprocessing.ScaleRange(joint(kwargs), low, high, eps(kwargs));
    }

    private static Preprocessing clip(YamlSection kwargs) {
        if (kwargs.has("min_percentile") || kwargs.has("max_percentile")) {
            throw kwargs.refuse(
                    "min_percentile", "clipping at percentiles is not known; give min and max");
        }
        double low = kwargs.number("min").orElse(Double.NEGATIVE_INFINITY);
        double high = kwargs.number("max").orElse(Double.POSITIVE_INFINITY);
        if (!(low < high)) {
            throw kwargs.refuse("min", low + " is not below max " + high);
        }
        return new Preprocessing.Clip(low, high);
    }

    private Preprocessing ensureDtype(YamlSection kwargs) {
        String key = kwargs.text("dtype").orElse("");
        return new Preprocessing.EnsureDtype(
                NumberType.named(key)
                        .orElseThrow(
                                () ->
                                        kwargs.refuse(
                                                "dtype",
                                                "'"
                                                        + key
                                                        + "' is not one of "
                                                        + String.join(", ", NumberType.keys()))));
    }

    private static double eps(YamlSection kwargs) {
        double eps = kwargs.number("eps").orElse(Preprocessing.EPS);
        if (!(eps >= 0 && eps < Double.POSITIVE_INFINITY)) {
            throw kwargs.refuse("eps", "a number from 0 was expected, not " + eps);
        }
        return eps;
    }

    private String mode(YamlSection kwargs, String usual) {
        String mode = kwargs.text("mode").orElse(usual);
        switch (mode) {
            case "fixed", "per_sample" -> {}
            case "per_dataset" ->
                    warnings.add(
                            "Model description '"
                                    + kwargs.file().getFileName()
                                    + "' asks for the statistics of a whole data set"
                                    + " (per_dataset), which are not in it; those of each image are"
                                    + " used.");
            default ->
                    throw kwargs.refuse(
                            "mode", "'" + mode + "' is not fixed, per_sample or per_dataset");
        }
        return mode;
    }

    /** Letters of the axes that are taken together; all but the batch where none are named. */
    private String joint(YamlSection kwargs) {
        if (!kwargs.has("axes")) {
            return axes.order().replace("b", "");
        }
        return letters(kwargs, "axes").replace("b", "");
    }

    private String letters(YamlSection kwargs, String key) {
        StringBuilder letters = new StringBuilder();
        List<Object> names = kwargs.values(key);
        boolean ids =
                names.size() > 1 || names.size() == 1 && LETTERS.containsKey("" + names.get(0));
        for (Object name : names) {
            letters.append(ids ? LETTERS.getOrDefault("" + name, "" + name) : name);
        }
        for (char letter : letters.toString().toCharArray()) {
            if (!axes.has(letter)) {
                throw kwargs.refuse(
                        key, "the tensor with axes " + axes + " has no axis '" + letter + "'");
            }
        }
        return letters.toString();
    }

    /**
     * @param usual where the key is missing; null where it must not be
     */
    private StepConstants constants(YamlSection kwargs, String key, Double usual) {
        List<Double> values = new ArrayList<>(kwargs.numbers(key));
        kwargs.ignore("axes", "axis"); // they do not matter for a single number
        if (values.isEmpty()) {
            if (usual == null) {
                throw kwargs.refuse(key, "a number or a list of numbers is missing");
            }
            values.add(usual);
        }
        if (values.stream().anyMatch(value -> Double.isInfinite(value))) {
            throw kwargs.refuse(key, "finite numbers were expected, not " + values);
        }
        return new StepConstants(values, values.size() == 1 ? 'c' : apart(kwargs, key));
    }

    /** The one axis along which constants differ: named, or left over by the joint ones. */
    private char apart(YamlSection kwargs, String key) {
        String apart =
                kwargs.has("axis")
                        ? letters(kwargs, "axis")
                        : kwargs.has("axes")
                                ? axes.order().replaceAll("[b" + letters(kwargs, "axes") + "]", "")
                                : "c";
        if (apart.length() != 1 || !axes.has(apart.charAt(0))) {
            throw kwargs.refuse(
                    key, "several numbers need one axis to differ along (axis: channel)");
        }
        return apart.charAt(0);
    }
}
