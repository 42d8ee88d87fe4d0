/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.machine.Sha256;

/** The digest that tells one model from another. */
final class ModelDigest {

    private ModelDigest() {}

    /** SHA-256 over the files one after the other; of a single one what {@code sha256sum} says. */
    static String sha256(List<Path> files) {
        try {
            return Sha256.of(files);
        } catch (IOException e) {
            throw new ModelException("A file of the model cannot be read: " + e.getMessage(), e);
        }
    }
}
