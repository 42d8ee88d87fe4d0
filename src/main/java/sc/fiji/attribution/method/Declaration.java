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

    /**
     * Starts a declaration. What is not said is no: neither signed nor complete, without a baseline
     * and regions, a map of amounts.
     */
    public static Builder of(String name, String summary) {
        return new Builder(name, summary);
    }

    /** A declaration in the making; {@link #reads} ends it. */
    public static final class Builder {

        private final String name;
        private final String summary;
        private String paper = "";
        private String unit = "";
        private boolean signed;
        private boolean complete;
        private boolean usesBaseline;
        private boolean usesRegions;
        private Quantity quantity = Quantity.AMOUNT;

        private Builder(String name, String summary) {
            this.name = name;
            this.summary = summary;
        }

        /** Where it was published. */
        public Builder paper(String where) {
            paper = where;
            return this;
        }

        /** What one unit of its map means. */
        public Builder unit(String of) {
            unit = of;
            return this;
        }

        /** Negative values are evidence against. */
        public Builder signed() {
            signed = true;
            return this;
        }

        /** The map sums to f(x) − f(baseline). */
        public Builder complete() {
            complete = true;
            return this;
        }

        /** It measures against a baseline. */
        public Builder usesBaseline() {
            usesBaseline = true;
            return this;
        }

        /** It needs regions. */
        public Builder usesRegions() {
            usesRegions = true;
            return this;
        }

        /** The values of its map are levels, not amounts that add up. */
        public Builder level() {
            quantity = Quantity.LEVEL;
            return this;
        }

        /** Ends with the options that it reads. */
        public Declaration reads(Option<?>... options) {
            return reads(List.of(options));
        }

        /** Ends with the options that it reads. */
        public Declaration reads(List<Option<?>> options) {
            return new Declaration(
                    name,
                    summary,
                    paper,
                    unit,
                    signed,
                    complete,
                    usesBaseline,
                    usesRegions,
                    quantity,
                    options);
        }
    }
}
