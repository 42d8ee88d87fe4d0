/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** A disk that fails while the native libraries are unpacked is no reason to start Fiji anew. */
@Tag("long")
class FirstFailureTest {

    @TempDir Path folder;

    @Test
    void theNextTryStartsAnew() throws IOException, InterruptedException {
        Path printed = folder.resolve("printed.txt");
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                // No cache can be made there, and no temporary folder is there yet.
                                "-Dorg.bytedeco.javacpp.cachedir=" + file.resolve("cache"),
                                "-Djava.io.tmpdir=" + folder.resolve("later"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                FirstFailureTest.class.getName())
                        .redirectErrorStream(true)
                        .redirectOutput(printed.toFile())
                        .start();
        process.waitFor();
        List<String> lines =
                Files.readAllLines(printed).stream().filter(l -> l.startsWith("* ")).toList();
        String all = Files.readString(printed);
        assertEquals(3, lines.size(), all);
        for (String line : lines.subList(0, 2)) {
            assertTrue(line.startsWith("* No temporary folder can be made in " + folder), all);
        }
        assertEquals("* opened", lines.get(2), all);
    }

    /** Opens the sample twice without, and once with a temporary folder. */
    public static void main(String[] arguments) throws IOException {
        System.out.println("* " + open());
        System.out.println("* " + open());
        Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir")));
        System.out.println("* " + open());
    }

    private static String open() {
        Path sample = Path.of("sample-images/lesion-classifier");
        try (Classifier model = Engines.open(sample, ModelOptions.NONE)) {
            return model.spec().classes() == 2 ? "opened" : "another";
        } catch (ModelException e) {
            return e.getMessage();
        }
    }
}
