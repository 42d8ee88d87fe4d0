/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.List;

/**
 * What a method is: dialogs, documentation and tests read this.
 *
 * @param name in menus and macros
 * @param summary one sentence
 * @param paper where it was published
 * @param unit what one unit of its map means
 * @param signed whether negative values are evidence against
 * @param complete whether the map sums to f(x) − f(baseline), for sampled methods in the limit of
 *     many samples and little noise; each result says by how much it misses that
 * @param usesBaseline whether it measures against a baseline
 * @param options what it reads
 */
public record Declaration(
        String name,
        String summary,
        String paper,
        String unit,
        boolean signed,
        boolean complete,
        boolean usesBaseline,
        List<Option<?>> options) {

    /** Images per model call; every method that calls the model often reads it. */
    public static final Option.Whole BATCH =
            new Option.Whole("batch", "images per model call, 0 = automatic", 0, 0, 4096);

    public Declaration {
        options = List.copyOf(options);
    }
}
