/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.call;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import sc.fiji.attribution.importer.torchscript.archive.Parser;
import sc.fiji.attribution.importer.torchscript.archive.Statement;

/** From an operator to what it does; an entry says its arguments and defaults as PyTorch does. */
public final class OperatorTable {

    /** What an operator does with its arguments. */
    public interface Rule {
        Object apply(Arguments arguments);
    }

    /** An entry. */
    public record Entry(Statement.Function signature, Rule rule) {}

    private final Map<String, Entry> entries = new HashMap<>();

    /**
     * @param signature {@code "relu(x)"}, or {@code "max_pool2d(x, kernel, stride=[])"}; operators
     *     of the name space {@code aten} unless the name begins with another and {@code __}, as in
     *     {@code "prim__device(x)"}
     */
    public void add(String signature, Rule rule) {
        Statement.Function parsed = Parser.signature(signature);
        entries.put(parsed.name(), new Entry(parsed, rule));
    }

    /** Gives an entry further names. */
    public void alias(String name, String... others) {
        for (String other : others) {
            entries.put(other, entries.get(name));
        }
    }

    /** Null where there is none. */
    public Entry get(String operator) {
        return entries.get(key(operator));
    }

    Set<String> names() {
        return entries.keySet();
    }

    private static String key(String operator) {
        return operator.startsWith("aten::")
                ? operator.substring("aten::".length())
                : operator.replace("::", "__");
    }
}
