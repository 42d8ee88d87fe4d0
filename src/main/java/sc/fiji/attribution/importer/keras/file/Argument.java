/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.file;

import com.google.gson.JsonElement;
import java.util.List;
import java.util.function.Consumer;

/** What a layer is called with. */
public sealed interface Argument {

    /**
     * An output of another layer.
     *
     * @param layer its name in the same network
     * @param call which of its calls, from 0
     * @param tensor which of the call's results, from 0
     */
    record Of(String layer, int call, int tensor) implements Argument {}

    /** Several in one. */
    record Several(List<Argument> items) implements Argument {}

    /** A constant as it stands in the file. */
    record Literal(JsonElement value) implements Argument {}

    /** Visits all outputs of other layers in it. */
    default void references(Consumer<Of> visitor) {
        if (this instanceof Of of) {
            visitor.accept(of);
        } else if (this instanceof Several several) {
            several.items().forEach(item -> item.references(visitor));
        }
    }
}
