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
import org.scijava.module.ModuleItem;

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

    /** Those that are no key of the command. */
    public static List<String> unknown(String options, List<ModuleItem<?>> items) {
        List<String> unknown = new ArrayList<>(of(options).keySet());
        items.forEach(item -> unknown.remove(item.getName()));
        return unknown;
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
