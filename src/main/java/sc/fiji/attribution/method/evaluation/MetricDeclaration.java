/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.Set;

/**
 * What a metric is: dialogs, tables and documentation read this.
 *
 * @param name in tables and macros
 * @param summary one sentence
 * @param paper where it was published
 * @param low the least that it can be, may be -infinite
 * @param high the most that it can be, may be infinite
 * @param better which end is the better one
 * @param needs beside the map
 */
public record MetricDeclaration(
        String name,
        String summary,
        String paper,
        double low,
        double high,
        Better better,
        Set<Need> needs) {

    /** Which of two figures speaks for a map. */
    public enum Better {
        HIGHER,
        LOWER,
        /** It describes, and does not judge. */
        NEITHER
    }

    public MetricDeclaration {
        needs = Set.copyOf(needs);
    }
}
