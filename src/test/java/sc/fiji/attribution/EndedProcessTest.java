/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler asks a job to end before it kills it. */
@Tag("long")
class EndedProcessTest {

    @TempDir Path folder;

    /** Half of them crashed in TensorFlow: the process took it down while it computed. */
    @RepeatedTest(4)
    void endsInTheMidstOfTheNetworksCalls() throws IOException, InterruptedException {
        Path crash = folder.resolve("crash.txt");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx1g",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:ErrorFile=" + crash,
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName(),
                                "Attribution Map...",
                                "input=sample-images/brain-lesions-1.tif",
                                "model=sample-images/lesion-classifier",
                                "steps=20000",
                                "rule=middle",
                                "batch=8",
                                "output=" + folder.resolve("map.tif"))
                        .redirectErrorStream(true)
                        .start();
        StringBuilder said = new StringBuilder();
        try (BufferedReader reader = process.inputReader()) {
            String line = reader.readLine();
            while (line != null) {
                said.append(line).append('\n');
                if (line.contains("→ model")) {
                    // The first of 2,500 calls, or soon after it.
                    Thread.sleep(500);
                    process.toHandle().destroy();
                }
                line = reader.readLine();
            }
        }
        process.waitFor();
        assertTrue(said.toString().contains("→ model"), said.toString());
        assertEquals(List.of(), files(), said.toString());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }
}
