/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All files below a folder, byte by byte. */
public final class FolderContents {

    private FolderContents() {}

    /** By their paths in the folder. */
    public static Map<String, byte[]> of(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    /** Fails where one has a file that the other has not, or another one of that name. */
    public static void assertSame(Path expected, Path actual) throws IOException {
        Map<String, byte[]> first = of(expected);
        Map<String, byte[]> second = of(actual);
        assertEquals(first.keySet(), second.keySet(), actual.toString());
        first.forEach(
                (name, bytes) -> assertArrayEquals(bytes, second.get(name), actual + ": " + name));
    }
}
