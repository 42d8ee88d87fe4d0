/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import sc.fiji.attribution.core.text.Spelling;

/** What is explained: one number that a network computes from an image. */
public sealed interface Target {

    /** Stands for the class with the largest logit. */
    String PREDICTED = "predicted";

    /** For people and for {@link #parse}: {@code "lesions - healthy"}, {@code "conv3[5]"}. */
    String description();

    /**
     * A weighted sum of class logits.
     *
     * @param weights one weight per class
     */
    record Classes(float[] weights, String description) implements Target {}

    /**
     * A hidden unit's activation, or the mean over space of a channel's: the mean, so that the
     * number does not grow with the image.
     *
     * @param layer its name
     * @param channel from 0
     * @param place of the unit on the layer's own grid, from 0, in the order x, y, z; empty for the
     *     whole channel
     */
    record Unit(String layer, int channel, List<Integer> place) implements Target {

        public Unit {
            place = List.copyOf(place);
        }

        @Override
        public String description() {
            String unit = place.stream().map(p -> ", " + p).collect(Collectors.joining());
            return layer + "[" + channel + unit + "]";
        }
    }

    /** A name, and numbers in brackets: {@code block1/conv[3, 10, 12, 8]}. */
    Pattern UNIT = Pattern.compile("(.+?)\\s*\\[(\\s*\\d{1,9}\\s*(?:,\\s*\\d{1,9}\\s*)*)]");

    /** An index, also as it is written where nobody named the scores. */
    Pattern INDEX = Pattern.compile("(?:(?i:class|output)\\s+)?(\\d{1,9})");

    Pattern FORMER_CLASS = Pattern.compile("(?i)class [01]|1");

    /**
     * Reads a target.
     *
     * @param text empty or {@code predicted}; a class, or number, by label or index; its negative,
     *     {@code -a}; a difference of two, {@code a - b}; a channel of a layer, {@code
     *     layer[channel]}, or one of its units, {@code layer[channel, x, y, z]}. Whether there is
     *     such a layer is not looked at
     * @param labels the class names
     * @return empty for the predicted class, which depends on the image
     * @throws OptionException where a class does not exist; the message lists those that do
     */
    static Optional<Target> parse(String text, List<String> labels) {
        String wanted = current(text.strip(), labels);
        if (wanted.isEmpty() || wanted.equalsIgnoreCase(PREDICTED)) {
            return Optional.empty();
        }
        int whole = find(wanted, labels);
        if (whole >= 0) {
            return Optional.of(ofClass(whole, labels));
        }
        // A label may contain a dash, so every dash is tried.
        for (int dash = wanted.indexOf('-'); dash >= 0; dash = wanted.indexOf('-', dash + 1)) {
            int plus = find(wanted.substring(0, dash).strip(), labels);
            int minus = find(wanted.substring(dash + 1).strip(), labels);
            if (plus >= 0 && minus >= 0 && plus != minus) {
                float[] weights = new float[labels.size()];
                weights[plus] = 1;
                weights[minus] = -1;
                return Optional.of(
                        new Classes(weights, labels.get(plus) + " - " + labels.get(minus)));
            }
        }
        int negative = wanted.startsWith("-") ? find(wanted.substring(1).strip(), labels) : -1;
        if (negative >= 0) {
            float[] weights = new float[labels.size()];
            weights[negative] = -1;
            return Optional.of(new Classes(weights, "-" + labels.get(negative)));
        }
        Matcher unit = UNIT.matcher(wanted);
        if (unit.matches()) {
            List<Integer> numbers = new ArrayList<>();
            for (String number : unit.group(2).split(",")) {
                numbers.add(Integer.valueOf(number.strip()));
            }
            return Optional.of(
                    new Unit(unit.group(1), numbers.get(0), numbers.subList(1, numbers.size())));
        }
        throw new OptionException(
                "target '"
                        + wanted
                        + "' is no class or output of this model"
                        + Spelling.suggestion(wanted, labels)
                        + (Spelling.nearest(wanted, labels).isEmpty() ? "; choose" : " Choose")
                        + " 'predicted', one of "
                        + numbered(labels)
                        + (labels.size() > 1 ? ", a difference such as '1 - 0'" : "")
                        + ", or a hidden channel or unit as"
                        + " layer[channel] or layer[channel, x, y, z].");
    }

    /**
     * One score alone used to be called two classes, of which class 0 had its negative: recorded
     * lines keep what they mean.
     */
    private static String current(String text, List<String> labels) {
        if (labels.size() == 1 && FORMER_CLASS.matcher(text).matches()) {
            return text.endsWith("0") ? "-" + labels.get(0) : labels.get(0);
        }
        return text;
    }

    /** A single class. */
    static Classes ofClass(int index, List<String> labels) {
        float[] weights = new float[labels.size()];
        weights[index] = 1;
        return new Classes(weights, labels.get(index));
    }

    /** Index of the largest logit; the first one at a tie. */
    static int predicted(float[] classLogits) {
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
        Matcher index = INDEX.matcher(text);
        return index.matches() && Integer.parseInt(index.group(1)) < labels.size()
                ? Integer.parseInt(index.group(1))
                : -1;
    }

    private static String numbered(List<String> labels) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            texts.add(i + " (" + labels.get(i) + ")");
        }
        return String.join(", ", texts);
    }
}
