/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.Main;
import sc.fiji.attribution.cohort.run.SmallCohort;
import sc.fiji.attribution.testing.FolderContents;

/** All files are the same to the bit in shares as at once, and tables from a macro and a dialog. */
@Tag("long")
class CohortRoutesTest {

    private static final int SUBJECTS = 8;

    private static final List<String> TABLES =
            List.of(
                    "predictions.csv",
                    "performance.csv",
                    "regions.csv",
                    "region-tests.csv",
                    "bias.csv",
                    "channels.csv",
                    "clusters.csv",
                    "exploration.csv");

    @TempDir Path folder;

    private Path table;

    private void headless(String output, String... more) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "Cohort...",
                        "table=" + table,
                        "model=" + SmallCohort.model().toAbsolutePath(),
                        "method=Gradient",
                        "confound=site",
                        "permutations=20",
                        "output=" + folder.resolve(output));
        builder.command().addAll(List.of(more));
        Path log = folder.resolve(output + ".txt");
        Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertEquals(0, process.waitFor(), () -> read(log));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void macro(PlainImageJ imagej, String output) throws Exception {
        imagej.run(
                String.format(
                        "run('Cohort...', 'table=[%s] model=[%s] method=Gradient confound=site"
                                + " permutations=20 output=[%s]');\nFile.append('done', report);",
                        table, SmallCohort.model().toAbsolutePath(), folder.resolve(output)));
    }

    private void dialog(PlainImageJ imagej, String output) throws Exception {
        Path script = folder.resolve(output + "-script.txt");
        Files.writeString(
                script,
                String.join(
                        "\n",
                        "command Cohort...",
                        "set Table of subjects=" + table,
                        "set Model=" + SmallCohort.model().toAbsolutePath(),
                        "set Method=Gradient",
                        "set Confound=site",
                        "set Folder for the results=" + folder.resolve(output),
                        "set Advanced=true",
                        "ok",
                        "set Permutations=20",
                        "ok",
                        "end",
                        ""));
        imagej.drive(Driver.class, script.toString());
    }

    @Test
    void sameFiles() throws Exception {
        table = SmallCohort.write(folder.resolve("cohort"), SUBJECTS);
        headless("headless");
        headless("parts", "part=2/2");
        headless("parts", "part=1/2");
        headless("parts", "part=join");
        Map<String, byte[]> expected = FolderContents.of(folder.resolve("headless"));
        assertTrue(expected.containsKey("bias.csv") && expected.containsKey("report.html"));
        FolderContents.assertSame(folder.resolve("headless"), folder.resolve("parts"));
        try (PlainImageJ imagej = PlainImageJ.in(Files.createDirectories(folder.resolve("ij")))) {
            macro(imagej, "macro");
            dialog(imagej, "dialog");
            // TIFF files there have the byte order of ImageJ's preferences.
            for (String route : List.of("macro", "dialog")) {
                Map<String, byte[]> files = FolderContents.of(folder.resolve(route));
                assertEquals(expected.keySet(), files.keySet(), route);
                for (String name : TABLES) {
                    assertArrayEquals(expected.get(name), files.get(name), route + ": " + name);
                }
            }
        }
    }
}
