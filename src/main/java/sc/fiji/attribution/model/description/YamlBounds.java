/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.description;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import sc.fiji.attribution.core.ModelException;

/**
 * Bounds on what a YAML file becomes in memory and in messages: aliases make a few bytes a tree
 * without an end, or millions of nodes. Looks at each node as often as it stands in the tree, and
 * stops at the first bound.
 */
final class YamlBounds {

    private static final int DEPTH = 50;
    private static final int NODES = 200_000;
    private static final long CHARACTERS = 8 << 20;

    private final Path file;
    private final Set<Object> above = Collections.newSetFromMap(new IdentityHashMap<>());
    private int nodes;
    private long characters;

    YamlBounds(Path file) {
        this.file = file;
    }

    /**
     * @throws ModelException where a list or mapping contains itself, or there is too much
     */
    void require(Object node) {
        characters += node instanceof String text ? text.length() : 8;
        if (++nodes > NODES || characters > CHARACTERS) {
            throw refuse("unfolds to more than a description can hold");
        }
        Collection<?> inside =
                node instanceof Map<?, ?> map
                        ? List.of(map.keySet(), map.values())
                        : node instanceof Collection<?> list ? list : List.of();
        if (inside.isEmpty()) {
            return;
        }
        if (!above.add(node)) {
            throw refuse("has a list or mapping that contains itself");
        }
        if (above.size() > 2 * DEPTH) {
            throw refuse("is nested more than " + DEPTH + " deep");
        }
        inside.forEach(this::require);
        above.remove(node);
    }

    private ModelException refuse(String problem) {
        return new ModelException(
                "Model description '"
                        + file
                        + "' "
                        + problem
                        + ", by aliases (*name): write the values out.");
    }
}
