/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.dialog;

import java.util.List;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.core.AttributionException;

/** What a conversation is about: pages to answer, and the work that the answers are for. */
public interface Pages {

    /** The label in the menu. */
    String title();

    /** In the order in which they are asked. */
    List<Page> pages();

    /** What the input of that key is at the moment. */
    Object value(String key);

    /**
     * Takes an answer.
     *
     * @param value of the item's type or as text; null is the default
     */
    void answer(ModuleItem<?> item, Object value);

    /**
     * Does the work; may be called again after it failed.
     *
     * @throws AttributionException where an answer does not work
     */
    void work();
}
