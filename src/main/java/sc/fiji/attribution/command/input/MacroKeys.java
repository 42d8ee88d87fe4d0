/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.input;

import ij.Macro;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.text.Spelling;

/** The keys of a macro's line, {@code "model=[/my models/net] target=ill trust"}. */
public final class MacroKeys {

    private MacroKeys() {}

    /**
     * All keys with their values, as ImageJ reads them.
     *
     * @return a bare key has the value {@code "true"}
     */
    public static Map<String, String> of(String options) {
        Map<String, String> keys = new LinkedHashMap<>();
        for (String token : tokens(options)) {
            int equals = token.indexOf('=');
            String key = equals < 0 ? token : token.substring(0, equals);
            keys.putIfAbsent(key, equals < 0 ? "true" : Macro.getValue(token + " ", key, ""));
        }
        return keys;
    }

    /**
     * Refuses what is no key of the command.
     *
     * @throws OptionException which says what was meant: a key of a like name, or a value with
     *     blanks that stands in no brackets
     */
    public static void requireKnown(String options, List<ModuleItem<?>> items) {
        List<String> names = items.stream().map(ModuleItem::getName).toList();
        String before = "";
        List<String> tokens = tokens(options);
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            int equals = token.indexOf('=');
            String key = equals < 0 ? token : token.substring(0, equals);
            if (names.contains(key)) {
                before = token;
            } else if (equals < 0 && before.contains("=") && !before.endsWith("]")) {
                int end = i;
                while (end < tokens.size() && !isKey(tokens.get(end), names)) {
                    end++;
                }
                throw openValue(before, tokens.subList(i, end), items);
            } else {
                throw Inputs.unknown(key, names);
            }
        }
    }

    /**
     * What a host reads otherwise that takes the first {@code key=} wherever it stands, such as
     * that of {@code methods=[Integrated Gradients (steps=20)] steps=50}, and no bare key.
     *
     * @return the values as they are meant, by key; empty where the key is not given
     */
    public static Map<String, Optional<String>> misread(String options, List<ModuleItem<?>> items) {
        Map<String, String> meant = of(options);
        Map<String, Optional<String>> misread = new LinkedHashMap<>();
        for (ModuleItem<?> item : items) {
            String key = item.getName();
            String read = Macro.getValue(options + " ", key, null);
            if (!Objects.equals(meant.get(key), read)) {
                misread.put(key, Optional.ofNullable(meant.get(key)));
            }
        }
        return misread;
    }

    private static boolean isKey(String token, List<String> names) {
        return token.contains("=") || names.contains(token);
    }

    /** The commonest slip: {@code method=Integrated Gradients}. */
    private static OptionException openValue(
            String begun, List<String> rest, List<ModuleItem<?>> items) {
        int equals = begun.indexOf('=');
        List<String> flags =
                items.stream().filter(Inputs::isFlag).map(ModuleItem::getName).toList();
        return new OptionException(
                "'"
                        + String.join(" ", rest)
                        + "' is no option of its own: put [ ] around values with blanks, "
                        + begun.substring(0, equals)
                        + "=["
                        + begun.substring(equals + 1)
                        + " "
                        + String.join(" ", rest)
                        + "]"
                        + Spelling.nearest(rest.get(0), flags)
                                .map(near -> ", or write " + near + " if that is meant")
                                .orElse("")
                        + ".");
    }

    /** Apart where a blank stands in no brackets and no quotes. */
    private static List<String> tokens(String options) {
        List<String> tokens = new ArrayList<>();
        StringBuilder token = new StringBuilder();
        int depth = 0;
        boolean quoted = false;
        for (char c : (options + " ").toCharArray()) {
            depth += quoted ? 0 : c == '[' ? 1 : c == ']' ? -1 : 0;
            boolean opens = token.length() > 0 && token.charAt(token.length() - 1) == '=';
            quoted = c == '\'' ? !quoted && opens : quoted;
            if (c == ' ' && depth <= 0 && !quoted) {
                if (!token.isEmpty()) {
                    tokens.add(token.toString());
                }
                token.setLength(0);
            } else {
                token.append(c);
            }
        }
        return tokens;
    }
}
