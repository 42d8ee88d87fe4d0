/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
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
        Path file = Files.writeString(folder.resolve("file"), "no folder");
        // No cache can be made there, and no temporary folder is there yet.
        List<String> lines = threeTries(file.resolve("cache"), folder.resolve("later"));
        for (String line : lines.subList(0, 2)) {
            assertTrue(
                    line.startsWith("* No folder can be made in the temporary folder " + folder),
                    line);
        }
        assertEquals("* opened", lines.get(2));
    }

    /** Of the same size and time, which is all that was looked at: the process crashed. */
    @Test
    void aDamagedLibraryIsUnpackedAgain() throws IOException, InterruptedException {
        Path cache = folder.resolve("cache");
        List<String> opened = List.of("* opened", "* opened", "* opened");
        assertEquals(opened, threeTries(cache, folder));
        Path library;
        try (Stream<Path> files = Files.walk(cache)) {
            library =
                    files.filter(Files::isRegularFile)
                            .max(Comparator.comparingLong(each -> each.toFile().length()))
                            .orElseThrow();
        }
        FileTime time = Files.getLastModifiedTime(library);
        Path whole = Files.copy(library, folder.resolve("whole"));
        assertTrue(library.toFile().setWritable(true));
        try (RandomAccessFile file = new RandomAccessFile(library.toFile(), "rw")) {
            file.seek(file.length() / 2);
            file.write(new byte[1 << 20]);
        }
        Files.setLastModifiedTime(library, time);
        assertNotEquals(-1, Files.mismatch(whole, library));
        assertEquals(opened, threeTries(cache, folder));
        assertEquals(-1, Files.mismatch(whole, library));
    }

    private List<String> threeTries(Path cache, Path temporary)
            throws IOException, InterruptedException {
        Path printed = folder.resolve("printed.txt");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-Dorg.bytedeco.javacpp.cachedir=" + cache,
                                "-Djava.io.tmpdir=" + temporary,
                                "-cp",
                                System.getProperty("java.class.path"),
                                FirstFailureTest.class.getName())
                        .redirectErrorStream(true)
                        .redirectOutput(printed.toFile())
                        .start();
        process.waitFor();
        List<String> lines =
                Files.readAllLines(printed).stream().filter(l -> l.startsWith("* ")).toList();
        assertEquals(3, lines.size(), Files.readString(printed));
        return lines;
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
