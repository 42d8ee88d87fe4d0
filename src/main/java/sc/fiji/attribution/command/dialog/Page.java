/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.dialog;

import java.util.List;
import java.util.Map;
import org.scijava.module.ModuleItem;
import sc.fiji.attribution.command.input.Inputs;
import sc.fiji.attribution.core.AttributionException;

/** A page of a command's dialog. */
@FunctionalInterface
public interface Page {

    /**
     * What it asks, called when the pages before it have been answered. Items may be of another
     * type than the command's input of that name, where that is a text. An empty page is left out.
     *
     * @throws AttributionException where an answer before does not work
     */
    List<ModuleItem<?>> items();

    /** Sentences for its head, a line each; called after {@link #items()}. */
    default String introduction() {
        return "";
    }

    /**
     * Looks at the answers.
     *
     * @throws AttributionException where the page is to be shown again, with that message
     */
    default void check() {}

    /**
     * Whether a field means something beside the present answers; others are shown as out of use.
     *
     * @param key the field's
     * @param answers of all fields, by key, as they stand
     */
    default boolean applies(String key, Map<String, Object> answers) {
        return true;
    }

    /**
     * What a field may be set to beside the present answers, which may be fewer than its item's
     * choices.
     */
    default List<String> choices(ModuleItem<?> item, Map<String, Object> answers) {
        return Inputs.choices(item);
    }

    /** What the present answers mean, for the foot of the page. */
    default String advice(Map<String, Object> answers) {
        return "";
    }
}
