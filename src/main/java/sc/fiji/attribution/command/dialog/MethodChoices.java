/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.dialog;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Declaration;

/** The methods as a list to choose from: a recommended few, then each kind under its heading. */
public final class MethodChoices {

    /** One of each kind that tends to be right, and to be quick. */
    static final List<String> RECOMMENDED =
            List.of(
                    "Integrated Gradients",
                    "DeepLIFT",
                    "LRP",
                    "Grad-CAM",
                    "SmoothGrad",
                    "Occlusion");

    /** What the rooms of the methods are called in a dialog. */
    private static final Map<String, String> GROUPS = new LinkedHashMap<>();

    static {
        GROUPS.put("gradient", "gradients");
        GROUPS.put("propagation", "propagation");
        GROUPS.put("cam", "layers");
        GROUPS.put("perturbation", "regions and masks");
    }

    private MethodChoices() {}

    /** Every method once, and headings between. */
    public static List<String> grouped() {
        List<String> choices = new ArrayList<>();
        choices.add(Explanation.heading("recommended"));
        choices.addAll(RECOMMENDED);
        GROUPS.forEach(
                (room, group) -> {
                    choices.add(Explanation.heading(group));
                    AttributionMethods.all().stream()
                            .filter(method -> room(method).equals(room))
                            .map(method -> method.declaration().name())
                            .filter(name -> !RECOMMENDED.contains(name))
                            .forEach(choices::add);
                });
        AttributionMethods.names().stream()
                .filter(name -> !choices.contains(name))
                .forEach(choices::add);
        return choices;
    }

    private static String room(AttributionMethod method) {
        String name = method.getClass().getPackageName();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** What a method does, and what its map promises. */
    public static String advice(String name) {
        if (Explanation.isHeading(name)) {
            return " ";
        }
        Declaration method = AttributionMethods.named(name).declaration();
        List<String> facts = new ArrayList<>();
        facts.add(method.signed() ? "signed" : "no sign");
        if (method.complete()) {
            facts.add(
                    method.usesBaseline()
                            ? "adds up to f(image) - f(baseline)"
                            : "adds up to the score");
        }
        if (method.usesBaseline()) {
            facts.add("measured against a baseline");
        }
        if (method.usesRegions()) {
            facts.add("needs regions");
        }
        return method.summary() + " (" + String.join(", ", facts) + ")";
    }
}
