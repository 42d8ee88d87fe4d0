/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import sc.fiji.attribution.core.ModelException;

/** Opens a model with whichever engine on the class path takes it. */
public final class Engines {

    private Engines() {}

    /**
     * Opens a model.
     *
     * @param path a model's file or folder
     * @throws ModelException where no engine takes it, or it is broken, unsuitable or refused
     */
    public static Classifier open(Path path, ModelOptions options) {
        if (!Files.exists(path)) {
            throw new ModelException("Model '" + path + "' does not exist: check the path.");
        }
        List<String> reasons = new ArrayList<>();
        for (Engine engine : ServiceLoader.load(Engine.class, Engine.class.getClassLoader())) {
            Optional<String> reason = engine.whyNot(path);
            if (reason.isEmpty()) {
                return engine.open(path, options);
            }
            reasons.add("for " + engine.name() + " " + reason.get());
        }
        throw new ModelException(
                "'" + path + "' is not a model that can be opened: " + String.join("; ", reasons));
    }
}
