/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.core.machine.Sha256;

/**
 * The digests of TensorFlow's libraries, known since the build. What was unpacked is compared with
 * them before it is loaded; half a gigabyte takes a second or two, so a note beside the files says
 * which were right, as long as they do not change.
 */
final class KnownLibraries {

    private static final String LIST = "natives.sha256";
    private static final String NOTE = ".verified";

    private KnownLibraries() {}

    /** SHA-256 by platform and name: {@code linux-x86_64/libjnitensorflow.so}. */
    static Map<String, String> digests() throws IOException {
        Map<String, String> digests = new HashMap<>();
        try (InputStream in = KnownLibraries.class.getResourceAsStream(LIST);
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            lines.lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .map(line -> line.split("\\s+"))
                    .forEach(parts -> digests.put(parts[1], parts[0]));
        }
        return digests;
    }

    /**
     * Whether a file is the library of that name.
     *
     * @param name with its platform
     */
    static boolean isRight(Path file, String name) throws IOException {
        String wanted = digests().get(name);
        if (wanted == null || !Files.isRegularFile(file)) {
            return false;
        }
        Path note = file.resolveSibling(file.getFileName() + NOTE);
        String state = wanted + " " + state(file);
        if (!state.isBlank()
                && isTold(file)
                && Files.isRegularFile(note)
                && Files.readString(note).equals(state)) {
            return true;
        }
        if (!wanted.equals(sha256(file))) {
            Files.deleteIfExists(note);
            return false;
        }
        if (isTold(file)) {
            Files.writeString(note, state);
        }
        return true;
    }

    /** Whether the system tells when a file last changed, which nobody can set back. */
    private static boolean isTold(Path file) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
    }

    private static String state(Path file) throws IOException {
        return isTold(file) ? Files.readAttributes(file, "unix:size,ctime,ino,dev").toString() : "";
    }

    static String sha256(Path file) throws IOException {
        return Sha256.of(List.of(file));
    }
}
