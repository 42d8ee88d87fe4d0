/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.table;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.ModelSpec;

/**
 * What a model says of a subject, and what the table's labels mean then: one of several classes, or
 * a number, such as an age.
 *
 * @param classes of the model; of a number its name, as the one class that all subjects are of
 * @param place of the number among the model's outputs; -1 for classes
 */
public record Outcome(List<String> classes, int place) {

    /** Of a share of the subjects, which is put together later. */
    public static final Outcome NONE = new Outcome(List.of(), -1);

    /** Statistics programs write whole numbers so where some are missing. */
    private static final Pattern INDEX = Pattern.compile("(\\d{1,6})([.]0)?");

    /**
     * @param target names the number, where a model has several
     * @throws ModelException where the model's outputs are neither, or no number is named
     */
    public static Outcome of(ModelSpec model, String target) {
        if (model.hasProbabilities()) {
            return new Outcome(model.labels(), -1);
        }
        List<String> names = model.labels();
        if (model.head() != Head.NUMBERS || model.map().isPresent()) {
            throw new ModelException(
                    "Model '"
                            + model.name()
                            + "' gives numbers of which it is not known what they are, or a map of"
                            + " them ("
                            + String.join(", ", names)
                            + "), and a cohort compares classes, or one number: if they are the logits"
                            + " of classes, name these (labels=…) or say head=classes; numbers such as"
                            + " an age are head=regression.");
        }
        int place = names.size() == 1 ? 0 : names.indexOf(target);
        if (place < 0) {
            throw new ModelException(
                    "Model '"
                            + model.name()
                            + "' gives several numbers, and a cohort is about one of them: name it,"
                            + " target="
                            + String.join(" or target=", names)
                            + ".");
        }
        return new Outcome(List.of(names.get(place)), place);
    }

    public boolean isNumber() {
        return place >= 0;
    }

    /**
     * The class that a label names; of a number 0.
     *
     * @return -1 for an empty label
     * @throws OptionException where the model has no such class, or the label is no number
     */
    public int truth(String label) {
        if (label.isEmpty()) {
            return -1;
        }
        if (isNumber()) {
            number(label);
            return 0;
        }
        for (int k = 0; k < classes.size(); k++) {
            if (classes.get(k).equalsIgnoreCase(label)) {
                return k;
            }
        }
        Matcher index = INDEX.matcher(label);
        if (index.matches() && Integer.parseInt(index.group(1)) < classes.size()) {
            return Integer.parseInt(index.group(1));
        }
        throw new OptionException(
                "label '"
                        + label
                        + "' is no class of the model, which has "
                        + String.join(", ", classes)
                        + ": correct the table, or name the classes with labels=….");
    }

    /**
     * The number that a label is.
     *
     * @throws OptionException where it is none
     */
    public double number(String label) {
        Double number = SubjectTable.number(label);
        if (number == null) {
            throw new OptionException(
                    "label '"
                            + label
                            + "' is no number, and the model gives one ("
                            + classes.get(0)
                            + "): correct the table, or leave the cell empty.");
        }
        return number;
    }
}
