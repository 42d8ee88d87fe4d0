/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import sc.fiji.attribution.core.ModelException;

/** The digest that tells one SavedModel from another. */
final class ModelDigest {

    private ModelDigest() {}

    /**
     * SHA-256 over {@code saved_model.pb} and then the files in {@code variables} in the order of
     * their names; for a model without variables that is {@code sha256sum saved_model.pb}.
     */
    static String sha256(Path folder) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            add(digest, folder.resolve("saved_model.pb"));
            Path variables = folder.resolve("variables");
            if (Files.isDirectory(variables)) {
                try (Stream<Path> files = Files.list(variables)) {
                    List<Path> sorted = files.filter(Files::isRegularFile).sorted().toList();
                    for (Path file : sorted) {
                        add(digest, file);
                    }
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new ModelException("Model '" + folder + "' cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void add(MessageDigest digest, Path file) throws IOException {
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
    }
}
