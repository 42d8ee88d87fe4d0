/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import sc.fiji.attribution.core.ModelException;

/**
 * A file of a model as it may be opened: a regular file that lies in the model's folder. A pipe
 * would never end, a device gives whatever it likes, and a link may lead to somebody else's data.
 */
public final class LocalFile {

    private LocalFile() {}

    /**
     * @param folder the model's
     * @param file exists
     * @return the file
     * @throws ModelException for anything else, by name
     */
    public static Path require(Path folder, Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new ModelException(
                        "'"
                                + file
                                + "' is not a regular file but a folder, a pipe or a device: copy"
                                + " the model again.");
            }
            Path real = file.toRealPath();
            if (!real.startsWith(folder.toRealPath())) {
                throw new ModelException(
                        "'"
                                + file
                                + "' is a link to '"
                                + real
                                + "', outside the model's folder: copy the file itself there.");
            }
            return file;
        } catch (IOException e) {
            throw new ModelException("'" + file + "' cannot be read: " + e + ".", e);
        }
    }
}
