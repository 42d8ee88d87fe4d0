/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;

/**
 * A method with its options, as lists of methods name it: {@code Integrated Gradients (steps=20)}.
 *
 * @param label what it is called in tables: its name, and the options that were given
 * @param method what it is
 * @param settings all of its options
 */
public record ChosenMethod(String label, AttributionMethod method, Settings settings) {

    /** What is compared where nobody says which: one of each kind, none that takes minutes. */
    public static final String USUAL =
            "Gradient, Input x Gradient, Integrated Gradients, SmoothGrad, Guided Backprop, LRP,"
                    + " DeepLIFT, Grad-CAM, LayerCAM, Occlusion";

    /** Stands for every method that needs no regions. */
    private static final String ALL = "all";

    /**
     * Reads a list, separated by commas. The usual ones, and {@code all}, are those of them that
     * can explain the classifier; a method that is named has to.
     *
     * @param list names, each with its options in brackets where it has some; empty for the usual
     *     ones
     * @param regions whether there are regions for those that need them
     * @throws OptionException for what is no method, no option, or is there twice
     */
    public static List<ChosenMethod> list(String list, Classifier classifier, boolean regions) {
        String wanted = list.strip();
        List<ChosenMethod> chosen = new ArrayList<>();
        if (wanted.isEmpty() || wanted.equals(USUAL) || wanted.equalsIgnoreCase(ALL)) {
            boolean all = wanted.equalsIgnoreCase(ALL);
            for (String name : all ? AttributionMethods.names() : List.of(USUAL.split(", "))) {
                AttributionMethod method = AttributionMethods.named(name);
                if (method.whyNot(classifier).isEmpty()
                        && (regions || !method.declaration().usesRegions())) {
                    chosen.add(one(name));
                }
            }
            return chosen;
        }
        for (String each : split(wanted)) {
            ChosenMethod one = one(each);
            AttributionMethods.require(one.method(), classifier, one.settings());
            if (one.method().declaration().usesRegions() && !regions) {
                throw new OptionException(
                        "methods: " + one.label() + " needs regions (regions=supervoxels 20 mm).");
            }
            if (chosen.stream().anyMatch(other -> other.label().equals(one.label()))) {
                throw new OptionException("methods: " + one.label() + " is there twice.");
            }
            chosen.add(one);
        }
        if (chosen.isEmpty()) {
            throw new OptionException("methods: '" + list + "' names none.");
        }
        return chosen;
    }

    /** At commas outside of brackets. */
    private static List<String> split(String list) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i <= list.length(); i++) {
            char at = i == list.length() ? ',' : list.charAt(i);
            depth += at == '(' ? 1 : at == ')' ? -1 : 0;
            if (at == ',' && (depth == 0 || i == list.length())) {
                parts.add(list.substring(from, i).strip());
                from = i + 1;
            }
        }
        parts.removeIf(String::isEmpty);
        return parts;
    }

    /** One with its options. */
    public static ChosenMethod one(String text) {
        int bracket = text.indexOf('(');
        if (bracket < 0) {
            return of(AttributionMethods.named(text), Map.of());
        }
        if (!text.strip().endsWith(")")) {
            throw new OptionException(
                    "methods: '" + text + "': the options' bracket does not close.");
        }
        String inside = text.strip();
        inside = inside.substring(bracket + 1, inside.length() - 1).strip();
        Map<String, String> options = new LinkedHashMap<>();
        // A value may hold blanks: it reaches to the next key.
        for (String option : inside.split("\\s+(?=[a-z]+=)")) {
            int equals = option.indexOf('=');
            if (equals < 1) {
                throw new OptionException(
                        "methods: '"
                                + text
                                + "': expected options as key=value, such as (steps=20).");
            }
            options.put(option.substring(0, equals).strip(), option.substring(equals + 1).strip());
        }
        return of(AttributionMethods.named(text.substring(0, bracket)), options);
    }

    /** A method with some of its options. */
    public static ChosenMethod of(AttributionMethod method, Map<String, String> options) {
        String name = method.declaration().name();
        List<String> said = new ArrayList<>();
        options.forEach((key, value) -> said.add(key + "=" + value));
        return new ChosenMethod(
                said.isEmpty() ? name : name + " (" + String.join(" ", said) + ")",
                method,
                Settings.of(method.declaration().options(), options));
    }
}
