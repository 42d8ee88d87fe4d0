/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.model.archive.SafeArchive;
import sc.fiji.attribution.model.description.DescriptionFormat;
import sc.fiji.attribution.model.description.NumpyArray;
import sc.fiji.attribution.testing.Resources;

/** Real files with random mistakes: read, or refused in one line; never another exception. */
@Tag("long")
class MutatedDescriptionsTest {

    private static final String[] ODD = {
        "",
        "null",
        "[]",
        "{}",
        "-1",
        "1e99",
        "0",
        "true",
        "text",
        "[1, 2, 3]",
        "{min: 1}",
        "~",
        "[[1]]",
        "{1: 2}",
        ".nan",
        "-.inf",
        "2020-01-01",
        "\"\"",
        "[null]",
        "9999999999",
        "bcyxzz"
    };

    @TempDir Path folder;

    @Test
    void yaml() throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(Resources.shared("rdf"))) {
            all.filter(f -> f.toString().endsWith(".yaml")).sorted().forEach(files::add);
        }
        Random random = new Random(3);
        int refused = 0;
        int total = 0;
        for (Path file : files) {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < 150; i++) {
                List<String> mutated = new ArrayList<>(lines);
                for (int k = 0; k <= random.nextInt(3); k++) {
                    mutate(mutated, random);
                }
                refused += read(String.join("\n", mutated), "rdf.yaml") ? 0 : 1;
                total++;
            }
        }
        System.out.println(refused + " of " + total + " mutated descriptions were refused");
        assertTrue(refused > 100 && refused < total);
    }

    @Test
    void oursToo() throws IOException {
        List<String> lines =
                List.of(
                        "name: Tiny",
                        "axes: byxc",
                        "sizes:",
                        "  y: 6",
                        "  x:",
                        "    min: 4",
                        "    step: 4",
                        "range: [0, 255]",
                        "preprocessing:",
                        "  - zero_mean_unit_variance:",
                        "      axes: yx",
                        "  - scale_linear:",
                        "      gain: [1, 2]",
                        "      axis: c",
                        "  - sigmoid",
                        "labels: [healthy, lesions]",
                        "tests:",
                        "  - input: a.npy",
                        "    output: b.npy");
        assertTrue(read(String.join("\n", lines), "attribution.yaml"));
        Random random = new Random(5);
        for (int i = 0; i < 2000; i++) {
            List<String> mutated = new ArrayList<>(lines);
            for (int k = 0; k <= random.nextInt(2); k++) {
                mutate(mutated, random);
            }
            read(String.join("\n", mutated), "attribution.yaml");
        }
    }

    private static void mutate(List<String> lines, Random random) {
        int at = random.nextInt(lines.size());
        String line = lines.get(at);
        String odd = ODD[random.nextInt(ODD.length)];
        int colon = line.indexOf(':');
        int dash = line.indexOf("- ");
        switch (random.nextInt(4)) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(at, line.replaceAll("\\S.*", "extra: " + odd));
            default ->
                    lines.set(
                            at,
                            colon >= 0
                                    ? line.substring(0, colon + 1) + " " + odd
                                    : dash >= 0 ? line.substring(0, dash + 2) + odd : odd);
        }
        if (lines.isEmpty()) {
            lines.add(odd);
        }
    }

    private boolean read(String text, String name) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        try {
            DescriptionFormat.read(file);
            return true;
        } catch (ModelException e) {
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            assertTrue(e.getMessage().contains(name), e.getMessage());
            return false;
        } catch (RuntimeException e) {
            throw new AssertionError(text, e);
        }
    }

    @Test
    void arrays() throws IOException {
        Path file = folder.resolve("a.npy");
        Packages.npy(file, new int[] {2, 3}, 1, 2, 3, 4, 5, 6);
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(7);
        for (int i = 0; i < 3000; i++) {
            byte[] bytes = java.util.Arrays.copyOf(whole, random.nextInt(whole.length) + 1);
            for (int k = 0; k < random.nextInt(4); k++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, bytes);
            try {
                NumpyArray.read(file);
            } catch (ModelException e) {
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            }
        }
    }

    @Test
    void archives() throws IOException {
        Path top = Packages.network(folder.resolve("net"), -1, -1, -1, 2);
        Files.writeString(top.resolve("attribution.yaml"), "axes: byxc\n");
        Path zip = Packages.zip(top, folder.resolve("z/net.zip"));
        byte[] whole = Files.readAllBytes(zip);
        Random random = new Random(9);
        List<Path> before = Packages.leftovers();
        for (int i = 0; i < 400; i++) {
            byte[] bytes =
                    java.util.Arrays.copyOf(
                            whole, i % 2 == 0 ? whole.length : random.nextInt(whole.length) + 1);
            for (int k = 0; k <= random.nextInt(4); k++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Files.write(zip, bytes);
            Path target = Files.createDirectories(folder.resolve("out/" + i));
            try {
                SafeArchive.unpack(zip, target, SafeArchive.Limits.USUAL);
            } catch (ModelException e) {
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            }
        }
        assertEquals(before, Packages.leftovers());
    }
}
