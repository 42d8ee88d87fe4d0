/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.input;

import java.util.ArrayList;
import java.util.List;
import org.scijava.module.DefaultMutableModuleItem;
import org.scijava.module.ModuleItem;
import org.scijava.module.MutableModuleInfo;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.method.AllClasses;
import sc.fiji.attribution.model.ModelSpec;

/** The classes of a model, and differences of two, as choices; or what else may be explained. */
public final class Targets {

    /** With more classes than this the differences would make too long a list. */
    private static final int DIFFERENCES_UP_TO = 5;

    private Targets() {}

    /**
     * A field for one target.
     *
     * @param model whose classes, or numbers
     * @param current what it is at the moment, which stays a choice
     */
    public static ModuleItem<String> field(
            MutableModuleInfo info, ModelSpec model, String current) {
        return field(info, List.of(Target.PREDICTED), model, current);
    }

    /** The same with all classes as a choice, unless they are too many. */
    public static ModuleItem<String> orAll(
            MutableModuleInfo info, ModelSpec model, String current) {
        List<String> first =
                model.classes() <= AllClasses.MOST
                        ? List.of(Target.PREDICTED, AllClasses.ALL)
                        : List.of(Target.PREDICTED);
        return field(info, first, model, current);
    }

    private static ModuleItem<String> field(
            MutableModuleInfo info, List<String> first, ModelSpec model, String current) {
        List<String> labels = model.labels();
        List<String> choices = new ArrayList<>(first);
        choices.addAll(labels);
        if (model.head().isNumbers()) {
            labels.forEach(label -> choices.add("-" + label));
        } else if (labels.size() <= DIFFERENCES_UP_TO) {
            for (String plus : labels) {
                for (String minus : labels) {
                    if (!plus.equals(minus)) {
                        choices.add(plus + " - " + minus);
                    }
                }
            }
        }
        if (current != null && !current.isBlank()) {
            choices.add(current);
        }
        DefaultMutableModuleItem<String> field =
                new DefaultMutableModuleItem<>(info, info.getInput("target", String.class));
        field.setDescription("the class, or the difference of two, that the map explains");
        field.setChoices(choices.stream().distinct().toList());
        return field;
    }

    /** A field for any text, which may name a hidden unit too. */
    public static ModuleItem<String> free(MutableModuleInfo info, ModelSpec model) {
        DefaultMutableModuleItem<String> field =
                new DefaultMutableModuleItem<>(info, info.getInput("target", String.class));
        field.setDescription(
                "predicted, "
                        + (model.head().isNumbers() ? "a number (" : "a class (")
                        + String.join(", ", model.labels())
                        + "), all of them, a difference such as 1 - 0, a hidden channel as"
                        + " layer[channel], or one of its units as layer[channel, x, y, z], all"
                        + " from 0");
        return field;
    }
}
