/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.table;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import sc.fiji.attribution.core.machine.Sha256;

/** A digest over what a result follows from: where it changes, the result is made anew. */
public final class Fingerprint {

    private final StringBuilder text = new StringBuilder();

    public Fingerprint add(String name, Object value) {
        text.append(name).append('=').append(value).append('\n');
        return this;
    }

    /** A file by path, size and time of the last change; reading all anew would take too long. */
    public Fingerprint file(String name, Path file) {
        if (file == null) {
            return this;
        }
        try {
            return add(
                    name,
                    file.toAbsolutePath().normalize()
                            + " "
                            + Files.size(file)
                            + " "
                            + Files.getLastModifiedTime(file).toMillis());
        } catch (IOException e) {
            return add(name, file + " missing");
        }
    }

    /** A file, or those of a folder. */
    public Fingerprint files(String name, Path path) {
        if (!Files.isDirectory(path)) {
            return file(name, path);
        }
        try (Stream<Path> files = Files.list(path)) {
            files.sorted().forEach(each -> file(name, each));
            return this;
        } catch (IOException e) {
            return add(name, path + " missing");
        }
    }

    @Override
    public String toString() {
        return Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
