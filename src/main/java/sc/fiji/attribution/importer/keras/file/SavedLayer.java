/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.file;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A layer as the file describes it.
 *
 * @param name the author's
 * @param kind what computes it, as the table of layers names it, {@code layer:Conv2D} or {@code
 *     op:Add}; or the class's own name where that is not Keras'
 * @param config what it says of itself
 * @param calls what it is called with, each time; none in the inputs of a network
 * @param network what it consists of, where it is a model itself
 * @param wrapped other layers that it applies, by attribute
 * @param trainable whether it was set so
 */
public record SavedLayer(
        String name,
        String kind,
        Config config,
        List<Call> calls,
        Optional<LayerGraph> network,
        Map<String, SavedLayer> wrapped,
        boolean trainable) {

    /** Arguments in order and by name. */
    public record Call(List<Argument> arguments, Map<String, Argument> named) {}

    /** The class without the kind's beginning. */
    public String className() {
        return kind.substring(kind.indexOf(':') + 1);
    }

    /** For messages. */
    public String title() {
        return config.layer();
    }
}
