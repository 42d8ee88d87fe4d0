/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

import java.util.ArrayList;
import java.util.List;

/**
 * What is explained: a weighted sum of class logits.
 *
 * @param weights one weight per class
 * @param description for people: {@code "lesions"}, {@code "lesions - healthy"}
 */
public record Target(float[] weights, String description) {

    /** Stands for the class with the largest logit. */
    public static final String PREDICTED = "predicted";

    /**
     * Reads a target.
     *
     * @param text empty or {@code predicted}; a class by label or index; or a difference of two
     *     classes, {@code a - b}
     * @param labels the class names
     * @param classLogits the logit of each class for the image at hand
     * @throws OptionException where a class does not exist; the message lists those that do
     */
    public static Target parse(String text, List<String> labels, float[] classLogits) {
        String wanted = text.strip();
        float[] weights = new float[labels.size()];
        if (wanted.isEmpty() || wanted.equalsIgnoreCase(PREDICTED)) {
            int best = predicted(classLogits);
            weights[best] = 1;
            return new Target(weights, labels.get(best));
        }
        int whole = find(wanted, labels);
        if (whole >= 0) {
            weights[whole] = 1;
            return new Target(weights, labels.get(whole));
        }
        // A label may contain a dash, so every dash is tried.
        for (int dash = wanted.indexOf('-'); dash >= 0; dash = wanted.indexOf('-', dash + 1)) {
            int plus = find(wanted.substring(0, dash).strip(), labels);
            int minus = find(wanted.substring(dash + 1).strip(), labels);
            if (plus >= 0 && minus >= 0 && plus != minus) {
                weights[plus] = 1;
                weights[minus] = -1;
                return new Target(weights, labels.get(plus) + " - " + labels.get(minus));
            }
        }
        throw new OptionException(
                "target '"
                        + wanted
                        + "' is no class of this model; choose 'predicted', one of "
                        + numbered(labels)
                        + ", or a difference such as '1 - 0'.");
    }

    /** Index of the largest logit; the first one at a tie. */
    public static int predicted(float[] classLogits) {
        int best = 0;
        for (int i = 1; i < classLogits.length; i++) {
            if (classLogits[i] > classLogits[best]) {
                best = i;
            }
        }
        return best;
    }

    private static int find(String text, List<String> labels) {
        for (int i = 0; i < labels.size(); i++) {
            if (labels.get(i).equalsIgnoreCase(text)) {
                return i;
            }
        }
        if (text.matches("\\d{1,9}") && Integer.parseInt(text) < labels.size()) {
            return Integer.parseInt(text);
        }
        return -1;
    }

    private static String numbered(List<String> labels) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            texts.add(i + " (" + labels.get(i) + ")");
        }
        return String.join(", ", texts);
    }

    /** The weighted sum of an image's class logits. */
    public double value(float[] classLogits) {
        double value = 0;
        for (int i = 0; i < weights.length; i++) {
            value += weights[i] * classLogits[i];
        }
        return value;
    }
}
