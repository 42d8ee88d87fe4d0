/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.List;
import sc.fiji.attribution.core.Quantity;

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
 * @param usesRegions whether it needs regions
 * @param quantity whether the values of its map are amounts that add up, or levels
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
        boolean usesRegions,
        Quantity quantity,
        List<Option<?>> options) {

    /** Images per model call; every method that calls the model often reads it. */
    public static final Option.Whole BATCH =
            new Option.Whole("batch", "images per model call, 0 = automatic", 0, 0, 4096);

    /** Every method that draws random numbers reads it. */
    public static final Option.Whole SEED =
            new Option.Whole("seed", "start of the random numbers", 0, 0, Integer.MAX_VALUE);

    public Declaration {
        options = List.copyOf(options);
    }

    /** Whether it changes the image, and can be kept to a part of it. */
    public boolean changesImage() {
        return usesBaseline && quantity == Quantity.LEVEL;
    }

    /** A method without regions whose map holds amounts. */
    public Declaration(
            String name,
            String summary,
            String paper,
            String unit,
            boolean signed,
            boolean complete,
            boolean usesBaseline,
            List<Option<?>> options) {
        this(
                name,
                summary,
                paper,
                unit,
                signed,
                complete,
                usesBaseline,
                false,
                Quantity.AMOUNT,
                options);
    }
}
