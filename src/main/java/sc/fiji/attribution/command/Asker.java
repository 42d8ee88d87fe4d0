/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.scijava.module.ModuleItem;

/**
 * Where a host shows the pages of a command's dialog: its own widgets, one page after the other.
 */
@FunctionalInterface
public interface Asker {

    /**
     * Shows a page until the user answers it.
     *
     * @return the answers by key, each of its item's type or as text; empty where the user
     *     cancelled
     */
    Optional<Map<String, Object>> ask(Question question);

    /**
     * What a page asks.
     *
     * @param title the command's label
     * @param introduction a sentence for its head, or empty
     * @param mistake what was wrong with the last answers, or empty
     * @param items what is asked, in order
     * @param values what the fields hold at first, by key; texts that are no value of the item's
     *     type are a user's mistake to be shown again
     */
    record Question(
            String title,
            String introduction,
            String mistake,
            List<ModuleItem<?>> items,
            Map<String, Object> values) {}
}
