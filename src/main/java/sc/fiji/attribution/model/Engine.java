/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import sc.fiji.attribution.core.ModelException;

/**
 * Something that opens models of one kind. Implementations have a public constructor without
 * arguments and carry {@code @MetaInfServices}.
 */
public interface Engine {

    /** For messages: {@code "TensorFlow"}. */
    String name();

    /**
     * bioimage.io's names of the weights that this engine opens, such as {@code
     * tensorflow_saved_model_bundle}.
     */
    default List<String> weightFormats() {
        return List.of();
    }

    /**
     * The keys of {@link ModelOptions} that this engine reads, besides {@code axes} and {@code
     * labels}, which all read. Another that a caller gives is refused before the model is opened.
     */
    default Set<String> reads() {
        return Set.of();
    }

    /**
     * Why a path is not a model of this engine: what was expected, and what to do; empty where it
     * is one. Looks at names only, loads nothing.
     */
    Optional<String> whyNot(Path path);

    /**
     * Opens a model.
     *
     * @param path one for which {@link #whyNot} is empty
     * @param options what the caller knows better than the file
     * @return the classifier; close it to free its native memory
     * @throws ModelException where the model is broken, unsuitable or refused
     */
    Classifier open(Path path, ModelOptions options);
}
