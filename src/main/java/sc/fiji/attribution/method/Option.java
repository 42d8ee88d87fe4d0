/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.grid.Lengths;

/**
 * An option that a method reads. Its key is public API: it is the key in macros.
 *
 * @param <T> type of its value
 */
public sealed interface Option<T> {

    /** Lower-case, no abbreviation, the same in every method and command. */
    String key();

    /** What it does, with unit, for a dialog's tool tip. */
    String description();

    T defaultValue();

    /**
     * Reads a value.
     *
     * @throws OptionException where it is no such value or is out of range
     */
    T parse(String text);

    /** What it may be, where that is a list; empty where it is not. */
    default List<T> choices() {
        return List.of();
    }

    /** The least that it may be, for numbers. */
    default Optional<T> minimum() {
        return Optional.empty();
    }

    /** The most that it may be, for numbers. */
    default Optional<T> maximum() {
        return Optional.empty();
    }

    /** A whole number within bounds. */
    record Whole(String key, String description, Integer defaultValue, int min, int max)
            implements Option<Integer> {
        @Override
        public Integer parse(String text) {
            return number(this, text, "a whole number", Integer::valueOf, min, max);
        }

        @Override
        public Optional<Integer> minimum() {
            return Optional.of(min);
        }

        @Override
        public Optional<Integer> maximum() {
            return Optional.of(max);
        }
    }

    /** A number within bounds. */
    record Real(String key, String description, Double defaultValue, double min, double max)
            implements Option<Double> {
        @Override
        public Double parse(String text) {
            return number(this, text, "a number", Double::valueOf, min, max);
        }

        @Override
        public Optional<Double> minimum() {
            return Optional.of(min);
        }

        @Override
        public Optional<Double> maximum() {
            return Optional.of(max);
        }
    }

    private static <N extends Comparable<N>> N number(
            Option<N> option, String text, String kind, Function<String, N> parse, N min, N max) {
        try {
            N value = parse.apply(text.strip());
            if (value.compareTo(min) >= 0 && value.compareTo(max) <= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // The message below says what was expected.
        }
        throw new OptionException(
                String.format(
                        Locale.ROOT,
                        "%s=%s: expected %s from %s to %s (%s).",
                        option.key(),
                        text,
                        kind,
                        min,
                        max,
                        option.description()));
    }

    /** Lengths along the axes of space; see {@link Lengths}. */
    record PerAxis(String key, String description, Lengths defaultValue)
            implements Option<Lengths> {
        @Override
        public Lengths parse(String text) {
            try {
                return Lengths.parse(text);
            } catch (NumberFormatException e) {
                throw new OptionException(
                        key
                                + "="
                                + text
                                + ": expected positive lengths such as 8, 8,8,4 (x, y, z) or 4 mm ("
                                + description
                                + ").");
            }
        }
    }

    /**
     * Any text; the method that reads it says what it takes.
     *
     * @param check throws an {@link OptionException} for a text that is no value
     */
    record Text(String key, String description, String defaultValue, Consumer<String> check)
            implements Option<String> {

        /** One that cannot be checked without the image. */
        public Text(String key, String description, String defaultValue) {
            this(key, description, defaultValue, text -> {});
        }

        @Override
        public String parse(String text) {
            check.accept(text.strip());
            return text.strip();
        }
    }

    /** One of several words. */
    record Choice(String key, String description, String defaultValue, List<String> choices)
            implements Option<String> {
        @Override
        public String parse(String text) {
            for (String choice : choices) {
                if (choice.equalsIgnoreCase(text.strip())) {
                    return choice;
                }
            }
            throw new OptionException(
                    key
                            + "="
                            + text
                            + ": expected one of "
                            + String.join(", ", choices)
                            + " ("
                            + description
                            + ").");
        }
    }
}
