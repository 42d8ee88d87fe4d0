/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.dialog;

import java.util.List;
import java.util.Map;
import org.scijava.module.ModuleItem;
import org.scijava.plugin.SciJavaPlugin;

/**
 * Shows the pages of a command's dialog. Commands that nobody told what to do ask the first one of
 * their context where somebody is there to answer; {@link CommandDialog} is that of people.
 */
public interface Asker extends SciJavaPlugin {

    /** Whether somebody can answer. */
    boolean isThere();

    /** Shows a page until the user answers it. */
    Answer ask(Question question);

    /** How a page was left. */
    sealed interface Answer {}

    /**
     * The user agreed.
     *
     * @param values by key, each of its item's type or as text
     */
    record Given(Map<String, Object> values) implements Answer {}

    /**
     * The user wants to see the page before.
     *
     * @param values as they were when the page was left
     */
    record Back(Map<String, Object> values) implements Answer {}

    /** The user wants none of it. */
    record Cancelled() implements Answer {}

    /**
     * What a page asks.
     *
     * @param title the command's label
     * @param page says which fields apply, and what a choice means, while the user chooses
     * @param mistake what was wrong with the last answers, or empty
     * @param items what is asked, in order
     * @param values what the fields hold at first, by key; texts that are no value of the item's
     *     type are a user's mistake to be shown again
     * @param hasBefore whether there is a page before this one
     */
    record Question(
            String title,
            Page page,
            String mistake,
            List<ModuleItem<?>> items,
            Map<String, Object> values,
            boolean hasBefore) {}
}
