/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.Main;
import sc.fiji.attribution.testing.FolderContents;

/**
 * A run that is killed ten times and goes on ends with the results of one that is not, to the bit.
 */
@Tag("long")
class KilledRunTest {

    private static final int SUBJECTS = 24;

    @TempDir Path folder;

    private Process start(Path table, String output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:ErrorFile=" + folder.resolve("hs_err%p.log"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "Cohort...",
                        "table=" + table,
                        "model=" + SmallCohort.model(),
                        "method=Gradient",
                        "confound=site",
                        "permutations=20",
                        "output=" + folder.resolve(output))
                .redirectOutput(folder.resolve(output + ".txt").toFile())
                .redirectError(folder.resolve(output + "-errors.txt").toFile())
                .start();
    }

    private int done(String output) throws IOException {
        Path subjects = folder.resolve(output).resolve("subjects");
        if (!Files.isDirectory(subjects)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(subjects)) {
            return (int) all.filter(each -> each.toString().endsWith(".json")).count();
        }
    }

    /** Java's own report of it. */
    private void assertNoCrash() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            assertEquals(
                    List.of(),
                    all.filter(f -> f.getFileName().toString().startsWith("hs_err")).toList());
        }
    }

    /** Every second process is asked to end, in the midst of its network's calls. */
    @Test
    void goesOnToTheBit() throws Exception {
        Path table = SmallCohort.write(folder.resolve("cohort"), SUBJECTS);
        assertEquals(0, start(table, "whole").waitFor());
        Random random = new Random(7);
        int kills = 0;
        while (kills < 10) {
            int before = done("killed");
            Process process = start(table, "killed");
            // Somewhere in the next two subjects; the last kills may come after the last subject.
            int enough = Math.min(before + 1 + random.nextInt(2), SUBJECTS);
            while (process.isAlive() && done("killed") < enough) {
                Thread.sleep(5);
            }
            Thread.sleep(random.nextInt(300));
            boolean asked = kills % 2 == 1;
            if (asked) {
                process.destroy();
            } else {
                process.destroyForcibly();
            }
            process.waitFor();
            assertNoCrash();
            kills++;
        }
        assertEquals(0, start(table, "killed").waitFor());
        FolderContents.assertSame(folder.resolve("whole"), folder.resolve("killed"));
        for (String name : List.of("predictions.csv", "bias.csv")) {
            assertTrue(Files.exists(folder.resolve("whole").resolve(name)), name);
        }
    }
}
