/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.dialog;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What choices of dialogs mean, from {@code choices.properties}: a line {@code key.choice = text}
 * for each.
 */
final class FieldTexts {

    private static final Map<String, String> TEXTS = read();

    private FieldTexts() {}

    private static Map<String, String> read() {
        Properties properties = new Properties();
        try (Reader in =
                new InputStreamReader(
                        FieldTexts.class.getResourceAsStream("choices.properties"),
                        StandardCharsets.UTF_8)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> texts = new TreeMap<>();
        properties.stringPropertyNames().forEach(k -> texts.put(k, properties.getProperty(k)));
        return texts;
    }

    /** The choices of a key that have a text, with it. */
    static Map<String, String> choices(String key) {
        Map<String, String> choices = new LinkedHashMap<>();
        TEXTS.forEach(
                (name, text) -> {
                    if (name.startsWith(key + ".")) {
                        choices.put(name.substring(key.length() + 1), text);
                    }
                });
        return choices;
    }
}
