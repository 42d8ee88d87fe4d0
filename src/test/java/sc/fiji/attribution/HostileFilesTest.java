/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.cohort.table.SubjectTable;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;

/** Every file of the collection of hostile and broken ones, as a model and as an image. */
class HostileFilesTest {

    private static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(Resources.shared("edge"))) {
            return all.filter(f -> !f.endsWith("INDEX.md")).sorted().toList();
        }
    }

    @Test
    void noneIsOpenedAsAModel() throws IOException {
        List<Path> before = Packages.leftovers();
        // What the archives are after.
        Path prey = Path.of("/tmp/test.txt");
        String there = state(prey);
        for (Path file : files()) {
            ModelException e =
                    assertThrows(
                            ModelException.class,
                            () -> Engines.open(file, ModelOptions.NONE).close(),
                            file.toString());
            System.out.println(e.getMessage());
            checkLine(e, file);
            // That one lost its leading slash: its only entry is harmless.
            if (file.toString().contains("zipslip")
                    && !file.toString().contains("linux-created-offender-root")) {
                assertTrue(e.getMessage().contains("leads out of its folder"), e.getMessage());
            }
            assertEquals(before, Packages.leftovers(), file.toString());
        }
        assertEquals(there, state(prey), "an archive wrote to " + prey);
    }

    /** Of a file that may have been there before: when it was changed last, and what it is. */
    private static String state(Path file) throws IOException {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                ? Files.readAttributes(
                                file, "size,lastModifiedTime,fileKey", LinkOption.NOFOLLOW_LINKS)
                        .toString()
                : "not there";
    }

    /** Odd, but sound as images; ImageTableTest reads them. */
    private static final List<String> SOUND = List.of("derived_long.nii", "nibabel_test.mgz");

    /** All others are broken, or of a kind that is not read. */
    @Test
    void noneIsOpenedAsAnImage() throws IOException {
        for (Path file : files()) {
            if (SOUND.contains(file.getFileName().toString())) {
                continue;
            }
            ImageException e =
                    assertThrows(
                            ImageException.class,
                            () -> ImageFile.open(file.toString()),
                            file.toString());
            System.out.println(e.getMessage());
            checkLine(e, file);
        }
    }

    /** Names of any length, networks without layers, quotes that never end: deep inside a file. */
    @Test
    void mistakesDeepInsideNameTheFileInFewWords(@TempDir Path folder) throws IOException {
        Path keras = folder.resolve("empty.keras");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(keras))) {
            out.putNextEntry(new ZipEntry("config.json"));
            String config = "{\"class_name\": \"Sequential\", \"config\": {\"layers\": []}}";
            out.write(config.getBytes());
        }
        Path onnx = folder.resolve("named.onnx");
        byte[] op = field(4, "X".repeat(1_000_000).getBytes());
        byte[] node = field(1, field(1, "x".getBytes()), field(2, "y".getBytes()), op);
        byte[] ends = field(11, field(1, "x".getBytes()), onnxType());
        byte[] result = field(12, field(1, "y".getBytes()), onnxType());
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        model.writeBytes(new byte[] {8, 8}); // version 8
        model.writeBytes(field(7, node, ends, result));
        model.writeBytes(field(8, new byte[] {16, 17})); // operators of version 17
        Files.write(onnx, model.toByteArray());
        for (Path file : List.of(keras, onnx)) {
            ModelException e =
                    assertThrows(
                            ModelException.class,
                            () -> Engines.open(file, ModelOptions.NONE).close());
            checkLine(e, file);
            assertTrue(e.getMessage().length() < 5000, e.getMessage().length() + " letters");
        }
        Path table = folder.resolve("quote.csv");
        Files.writeString(table, "id,image\n\"a,b\n" + "x".repeat(100_000));
        OptionException e = assertThrows(OptionException.class, () -> SubjectTable.read(table));
        assertTrue(e.getMessage().contains("quote.csv' cannot be read as a table"), e.getMessage());
        assertFalse(e.getMessage().contains("Exception"), e.getMessage());
    }

    /** A field of a message of protobuf that holds bytes. */
    private static byte[] field(int number, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(number << 3 | 2);
        int left = content.size();
        for (; left > 127; left >>= 7) {
            out.write(left & 127 | 128);
        }
        out.write(left);
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }

    /** Floats of 1x4. */
    private static byte[] onnxType() {
        byte[] shape = field(2, field(1, new byte[] {8, 1}), field(1, new byte[] {8, 4}));
        return field(2, field(1, new byte[] {8, 1}, shape));
    }

    private static void checkLine(AttributionException e, Path file) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertTrue(e.getMessage().contains(file.getFileName().toString()), e.getMessage());
    }
}
