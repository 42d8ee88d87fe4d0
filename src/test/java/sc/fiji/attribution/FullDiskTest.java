/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk of its own that is full, as temporary folder and for results: a line that says so, nothing
 * half written, and once there is room the same process does what was asked. Needs the right to
 * mount a file system in memory, and is skipped without.
 */
@Tag("long")
class FullDiskTest {

    private static final String SAMPLE = "sample-images/lesion-classifier";

    @TempDir Path folder;

    private Path disk;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(
                succeeds("mount", "-t", "tmpfs", "-o", "size=32m", "none", disk.toString()),
                "no right to mount a disk");
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        succeeds("umount", disk.toString());
    }

    private static boolean succeeds(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void oneLineAndTheNextTryWorks() throws IOException, InterruptedException {
        Path table = folder.resolve("subjects.csv");
        Path samples = Path.of("sample-images").toAbsolutePath();
        Files.writeString(
                table,
                "id,image,label,site\n"
                        + Stream.of("lesions-1", "lesions-2", "healthy-1", "healthy-2")
                                .map(
                                        id ->
                                                String.format(
                                                        "%s,%s/brain-%s.tif,%s,%s%n",
                                                        id,
                                                        samples,
                                                        id,
                                                        id.replaceFirst("-.*", ""),
                                                        id.endsWith("1") ? "A" : "B"))
                                .reduce("", String::concat));
        Path printed = folder.resolve("printed.txt");
        ProcessBuilder child =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + disk,
                        "-Djava.awt.headless=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FullDiskTest.class.getName(),
                        zip().toString(),
                        table.toString());
        // The words of the system are compared.
        child.environment().put("LC_ALL", "C");
        Process process = child.redirectErrorStream(true).redirectOutput(printed.toFile()).start();
        try {
            assertTrue(process.waitFor(5, TimeUnit.MINUTES), () -> text(printed));
        } finally {
            process.destroyForcibly();
        }
        String all = text(printed);
        assertEquals(List.of(), all.lines().filter(l -> l.startsWith("left ")).toList());
        List<String> lines = all.lines().filter(l -> l.startsWith("* ")).toList();
        assertEquals(10, lines.size(), all);
        for (int i = 0; i < 10; i += 2) {
            String refusal = lines.get(i);
            assertTrue(refusal.startsWith("* 1 1 Error: "), refusal);
            assertTrue(refusal.contains("No space left on device"), refusal);
            assertTrue(refusal.contains("make room"), refusal);
            assertTrue(!refusal.contains("Exception"), refusal);
            assertTrue(lines.get(i + 1).startsWith("* 0 "), lines.get(i + 1));
        }
        // A subject that was done before the disk was full is not done again.
        assertTrue(lines.get(9).contains("4 of 4 subjects done"), lines.get(9));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path zip() throws IOException {
        Path zip = folder.resolve("model.zip");
        Path model = Path.of(SAMPLE);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
                Stream<Path> files = Files.walk(model)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry(model.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return zip;
    }

    /** Each command without and with room; prints code, number of errors, and text. */
    public static void main(String[] arguments) throws IOException {
        Path disk = Path.of(System.getProperty("java.io.tmpdir"));
        String input = "input=sample-images/brain-lesions-1.tif";
        twice(disk, 4 << 10, "Model Info...", "model=" + SAMPLE);
        twice(disk, 4 << 10, "Model Info...", "model=" + arguments[0]);
        for (String map : List.of("map.tif", "map.nii")) {
            String output = "output=" + disk.resolve(map);
            twice(
                    disk,
                    500 << 10,
                    "Attribution Map...",
                    input,
                    "model=" + SAMPLE,
                    "method=Gradient",
                    output);
        }
        twice(
                disk,
                1300 << 10,
                "Cohort...",
                "table=" + arguments[1],
                "model=" + SAMPLE,
                "method=Gradient",
                "confound=site",
                "permutations=20",
                "output=" + disk.resolve("results"));
        System.exit(0);
    }

    private static void twice(Path disk, int room, String... command) throws IOException {
        Path filler = disk.resolve("filler");
        fill(filler, disk.toFile().getUsableSpace() - room);
        print(disk, command);
        Files.delete(filler);
        print(disk, command);
    }

    private static void fill(Path file, long bytes) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long i = 0; i < bytes >> 10; i++) {
                out.write(new byte[1 << 10]);
            }
        }
    }

    private static void print(Path disk, String... command) throws IOException {
        PrintStream console = System.out;
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int code = Main.run(command, new PrintStream(text, true), new PrintStream(errors, true));
        String all = (errors + "" + text).strip().replace('\n', '|');
        // What else is to be said, such as groups that are too small, comes before.
        long refusals = errors.toString().lines().filter(l -> l.startsWith("Error: ")).count();
        console.printf("* %d %d %s%n", code, refusals, all.replaceFirst("^.*?(?=Error: )", ""));
        try (Stream<Path> left = Files.walk(disk)) {
            left.filter(file -> file.toString().endsWith(".part"))
                    .forEach(file -> console.println("left " + file));
        }
    }
}
