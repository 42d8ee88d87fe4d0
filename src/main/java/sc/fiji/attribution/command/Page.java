/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import java.util.List;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.core.AttributionException;

/** A page of a command's dialog. */
@FunctionalInterface
interface Page {

    /**
     * What it asks, called when the pages before it have been answered. Items may be of another
     * type than the command's input of that name, where that is a text. An empty page is left out.
     *
     * @throws AttributionException where an answer before does not work
     */
    List<ModuleItem<?>> items();

    /** A sentence for its head. */
    default String introduction() {
        return "";
    }

    /**
     * Looks at the answers.
     *
     * @throws AttributionException where the page is to be shown again, with that message
     */
    default void check() {}
}
