/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import sc.fiji.attribution.core.ModelException;

/**
 * A fresh folder that goes with all that is in it when it is closed.
 *
 * @param path empty at first, readable by its owner only
 */
public record TemporaryFolder(Path path) implements AutoCloseable {

    /** With the process, so that one of another process is not taken for ours. */
    public static final String PREFIX = "attribution-" + ProcessHandle.current().pid() + "-";

    /**
     * @throws ModelException where none can be made
     */
    public static TemporaryFolder create() {
        try {
            return new TemporaryFolder(Files.createTempDirectory(PREFIX));
        } catch (IOException e) {
            throw new ModelException(
                    "No temporary folder can be made in "
                            + System.getProperty("java.io.tmpdir")
                            + " ("
                            + e
                            + "): make room there or set -Djava.io.tmpdir.",
                    e);
        }
    }

    @Override
    public void close() {
        if (!Files.exists(path)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> files = Files.walk(path)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException e) {
            throw stays(e);
        }
        IOException failure = null;
        for (Path file : all) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw stays(failure);
        }
    }

    private ModelException stays(IOException cause) {
        return new ModelException(
                "Temporary folder '" + path + "' cannot be deleted: delete it by hand.", cause);
    }
}
