/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.archive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.machine.Sha256;

/** SHA-256 of files, as descriptions state it. */
public final class FileDigest {

    private FileDigest() {}

    /**
     * Checks a file.
     *
     * @param expected hexadecimal; nothing is checked where it is empty
     * @param description for the message: the file that states the digest
     * @throws ModelException where the digest is another, or the file cannot be read
     */
    public static void require(Path file, String expected, Path description) {
        if (expected.isEmpty()) {
            return;
        }
        String actual = sha256(file);
        if (!actual.equalsIgnoreCase(expected.strip())) {
            throw new ModelException(
                    "'"
                            + file
                            + "' has the SHA-256 "
                            + actual
                            + ", but '"
                            + description.getFileName()
                            + "' states "
                            + expected.strip()
                            + ": the file is damaged or another; download it again.");
        }
    }

    static String sha256(Path file) {
        try {
            return Sha256.of(List.of(file));
        } catch (IOException e) {
            throw new ModelException("'" + file + "' cannot be read: " + e.getMessage() + ".", e);
        }
    }
}
