/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.input;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.scijava.module.DefaultMutableModuleItem;
import org.scijava.module.ModuleItem;
import org.scijava.module.MutableModuleInfo;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Option;

/**
 * The options that methods declare, as inputs of a command. There is one input for each key, and it
 * is a text: empty means the default of the method at hand, and what is no value of the option is
 * refused in the option's own words.
 */
public final class MethodInputs {

    private MethodInputs() {}

    /** What a method reads: its own options, and where it measures against one, the baseline's. */
    public static List<Option<?>> declared(AttributionMethod method) {
        List<Option<?>> options = new ArrayList<>();
        if (method.declaration().usesBaseline()) {
            options.addAll(BaselineChoice.OPTIONS);
        }
        options.addAll(method.declaration().options());
        return options;
    }

    /** The options of all methods by key; those of one key may differ. */
    public static Map<String, List<Option<?>>> all() {
        Map<String, List<Option<?>>> options = new LinkedHashMap<>();
        for (AttributionMethod method : AttributionMethods.all()) {
            for (Option<?> option : declared(method)) {
                options.computeIfAbsent(option.key(), key -> new ArrayList<>()).add(option);
            }
        }
        return options;
    }

    /**
     * Adds an input for each key. It must be there before SciJava's preprocessors look for a
     * macro's keys, which they do before they call initializers.
     */
    public static void addTo(MutableModuleInfo info) {
        all().forEach((key, options) -> addTo(info, options.get(0)));
    }

    /** Adds an input for an option. */
    public static void addTo(MutableModuleInfo info, Option<?> option) {
        DefaultMutableModuleItem<String> input =
                new DefaultMutableModuleItem<>(info, option.key(), String.class);
        describe(input, option);
        info.addInput(input);
    }

    /** A field for an option in a dialog, of the option's type and with its bounds and default. */
    public static <T> ModuleItem<T> field(MutableModuleInfo info, Option<T> option) {
        T value = option.defaultValue();
        boolean plain = value instanceof Number || value instanceof Boolean;
        @SuppressWarnings("unchecked") // a text stands for all but numbers and flags
        DefaultMutableModuleItem<T> field =
                new DefaultMutableModuleItem<>(
                        info,
                        option.key(),
                        plain ? (Class<T>) value.getClass() : (Class<T>) String.class);
        describe(field, option);
        @SuppressWarnings("unchecked")
        T shown = plain ? value : (T) value.toString();
        field.setDefaultValue(shown);
        option.minimum().ifPresent(field::setMinimumValue);
        option.maximum().ifPresent(field::setMaximumValue);
        field.setChoices(option.choices());
        return field;
    }

    private static void describe(DefaultMutableModuleItem<?> item, Option<?> option) {
        String key = option.key();
        item.setLabel(Character.toUpperCase(key.charAt(0)) + key.substring(1));
        item.setDescription(option.description());
        item.setRequired(false);
        item.setPersisted(false);
    }

    /**
     * What was said for a method.
     *
     * @param input the text of an input by its key, or null
     * @return the values that are given, by key
     * @throws OptionException for a value of an option that the method does not read, unless it is
     *     the default of a method that does
     */
    public static Map<String, String> given(
            AttributionMethod method, Function<String, Object> input) {
        List<String> reads = declared(method).stream().map(Option::key).toList();
        Map<String, String> given = new LinkedHashMap<>();
        all().forEach(
                        (key, options) -> {
                            Object value = input.apply(key);
                            String text = value == null ? "" : value.toString();
                            if (text.isBlank()) {
                                return;
                            }
                            if (reads.contains(key)) {
                                given.put(key, text);
                            } else if (options.stream().noneMatch(o -> isDefault(o, text))) {
                                throw OptionException.unread(
                                        key, text, method.declaration().name(), reads);
                            }
                        });
        return given;
    }

    /** What was said of options that are all read, by key. */
    public static Map<String, String> given(
            List<Option<?>> options, Function<String, Object> input) {
        Map<String, String> given = new LinkedHashMap<>();
        for (Option<?> option : options) {
            Object value = input.apply(option.key());
            if (value != null && !value.toString().isBlank()) {
                given.put(option.key(), value.toString());
            }
        }
        return given;
    }

    private static boolean isDefault(Option<?> option, String text) {
        return option.parse(text).equals(option.defaultValue());
    }
}
