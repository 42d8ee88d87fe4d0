/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The plain gradient as a table from op type to rule. Other backward passes are this table with a
 * few entries replaced: {@link #with}.
 */
public final class GradientRules {

    public static final Map<String, Rule> TABLE =
            join(
                    List.of(
                            ElementwiseRules.ACTIVATIONS,
                            ElementwiseRules.UNARY,
                            ElementwiseRules.BINARY,
                            LinearRules.TABLE,
                            PoolRules.TABLE,
                            PatchRules.TABLE,
                            ShapeRules.TABLE,
                            IndexRules.TABLE,
                            ReductionRules.TABLE));

    private GradientRules() {}

    /** The plain gradient with some rules replaced. */
    public static Map<String, Rule> with(Map<String, Rule> replacements) {
        return join(List.of(TABLE, replacements));
    }

    private static Map<String, Rule> join(List<Map<String, Rule>> tables) {
        Map<String, Rule> joined = new HashMap<>();
        tables.forEach(joined::putAll);
        return Map.copyOf(joined);
    }
}
