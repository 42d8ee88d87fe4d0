/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.model.archive.TemporaryFolder;

/** What a killed process leaves is removed by the next one; what a living one has is not. */
class LeftoversTest {

    @TempDir Path folder;

    /** Begins a file and a temporary folder, and does not come to an end. */
    public static final class Killed {
        public static void main(String[] arguments) throws IOException {
            Files.writeString(TemporaryFolder.create().path().resolve("weights"), "x");
            WholeFile.at(arguments[0])
                    .write(
                            out -> {
                                out.write(new byte[1 << 20]);
                                Runtime.getRuntime().halt(9);
                            });
        }
    }

    /** Writes a file, and opens a temporary folder. */
    public static final class Next {
        public static void main(String[] arguments) {
            WholeFile.at(arguments[0]).write(out -> out.write(1));
            TemporaryFolder.create().close();
        }
    }

    private int start(Class<?> main, Path temporary) throws IOException, InterruptedException {
        String path =
                Stream.of(main, WholeFile.class)
                        .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
                        .map(url -> Path.of(URI.create(url.toString())).toString())
                        .reduce((a, b) -> a + File.pathSeparator + b)
                        .orElseThrow();
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        path,
                        main.getName(),
                        folder.resolve("map.tif").toString())
                .inheritIO()
                .start()
                .waitFor();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theNextStartRemovesThem() throws IOException, InterruptedException {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        assertEquals(9, start(Killed.class, temporary));
        assertEquals(1, names(temporary).size());
        assertEquals(2, names(folder).size(), names(folder).toString());
        // Of a process that lives, and of another machine.
        long pid = ProcessHandle.current().pid();
        Path living = Files.createDirectory(temporary.resolve("attribution-" + pid + "-1"));
        String part = ".00000000-999999999-123e4567-e89b-12d3-a456-426614174000.a.tif.part";
        Files.writeString(folder.resolve(part), "");
        assertEquals(0, start(Next.class, temporary));
        assertEquals(List.of(living.getFileName().toString()), names(temporary));
        assertEquals(List.of(part, "map.tif", "tmp"), names(folder));
        assertTrue(Files.size(folder.resolve("map.tif")) == 1);
    }
}
