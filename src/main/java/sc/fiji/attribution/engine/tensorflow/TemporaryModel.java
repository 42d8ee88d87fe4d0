/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.proto.SavedModel;
import sc.fiji.attribution.model.archive.TemporaryFolder;

/**
 * An augmented SavedModel on disk for as long as it takes to load it. The variables are linked, not
 * copied, wherever the file system can; closing removes the links and leaves what they point to.
 *
 * @param temporary holds {@code saved_model.pb} and {@code variables}
 */
record TemporaryModel(TemporaryFolder temporary) implements AutoCloseable {

    /**
     * @param checkpoint files that are to lie beside it, in {@code variables}
     */
    static TemporaryModel write(SavedModel model, List<Path> checkpoint) throws IOException {
        TemporaryModel result = new TemporaryModel(TemporaryFolder.create());
        try {
            try (OutputStream out =
                    Files.newOutputStream(result.folder().resolve("saved_model.pb"))) {
                model.writeTo(out);
            }
            result.link(checkpoint);
            return result;
        } catch (IOException | RuntimeException e) {
            result.close();
            throw e;
        }
    }

    Path folder() {
        return temporary.path();
    }

    private void link(List<Path> files) throws IOException {
        if (files.isEmpty()) {
            return;
        }
        Path target = Files.createDirectory(folder().resolve("variables"));
        for (Path each : files) {
            Path file = each.toAbsolutePath();
            Path link = target.resolve(file.getFileName());
            try {
                Files.createSymbolicLink(link, file);
            } catch (FileSystemException | UnsupportedOperationException e) {
                // Windows lets only some users make symbolic links.
                linkOrCopy(link, file);
            }
        }
    }

    private static void linkOrCopy(Path link, Path file) throws IOException {
        try {
            Files.createLink(link, file);
        } catch (FileSystemException | UnsupportedOperationException e) {
            Files.copy(file, link);
        }
    }

    @Override
    public void close() {
        temporary.close();
    }
}
