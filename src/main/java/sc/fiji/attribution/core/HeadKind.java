/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

import java.util.Locale;

/** What a caller, or a model's description, may say of a network's scores. */
public enum HeadKind {
    /** Nothing: what the network shows decides. */
    UNSAID,
    /** They are of classes, closed by an activation or not. */
    CLASSES,
    /** They are numbers, to be taken as they are. */
    REGRESSION,
    /** They are a map: scores for each place. */
    MAP;

    /**
     * Reads the option {@code head}.
     *
     * @param text one of the names in any case, or empty
     * @throws OptionException for anything else
     */
    public static HeadKind named(String text) {
        for (HeadKind kind : values()) {
            if (kind.toString().equalsIgnoreCase(text.strip())) {
                return kind;
            }
        }
        throw new OptionException(
                "head", "head: '" + text.strip() + "' is none of classes, regression and map.");
    }

    /** Whether it says what one score is, a class's or a number. */
    public boolean isDecided() {
        return this == CLASSES || this == REGRESSION;
    }

    /** As it is written in options; empty for {@link #UNSAID}. */
    @Override
    public String toString() {
        return this == UNSAID ? "" : name().toLowerCase(Locale.ROOT);
    }
}
