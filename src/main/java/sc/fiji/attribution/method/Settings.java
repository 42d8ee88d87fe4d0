/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.text.Spelling;

/** The values of a method's options, checked; defaults where nothing was said. */
public final class Settings {

    private final Map<Option<?>, Object> values = new LinkedHashMap<>();

    private Settings() {}

    /**
     * Reads the options that are declared.
     *
     * @param declared which options there are
     * @param texts values by key; a missing or empty one takes the default
     * @throws OptionException for a value that does not fit, or a key that is not declared
     */
    public static Settings of(List<Option<?>> declared, Map<String, String> texts) {
        Settings settings = new Settings();
        TreeSet<String> unknown = new TreeSet<>(texts.keySet());
        for (Option<?> option : declared) {
            unknown.remove(option.key());
            String text = texts.getOrDefault(option.key(), "");
            settings.values.put(
                    option, text.isBlank() ? option.defaultValue() : option.parse(text));
        }
        if (!unknown.isEmpty()) {
            List<String> keys = declared.stream().<String>map(Option::key).toList();
            throw new OptionException(
                    "Unknown option "
                            + unknown.first()
                            + Spelling.suggestion(unknown.first(), keys)
                            + (Spelling.nearest(unknown.first(), keys).isEmpty()
                                    ? "; this method reads " + keys + "."
                                    : ""));
        }
        return settings;
    }

    /** The value of a declared option. */
    @SuppressWarnings("unchecked")
    public <T> T get(Option<T> option) {
        if (!values.containsKey(option)) {
            throw new IllegalArgumentException(option.key() + " is not declared");
        }
        return (T) values.get(option);
    }

    /** All values by key, in the order of the declaration. */
    public Map<String, String> toMap() {
        Map<String, String> map = new LinkedHashMap<>();
        values.forEach((option, value) -> map.put(option.key(), value.toString()));
        return map;
    }
}
