/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.ModelException;

class SafeArchiveTest {

    private static final SafeArchive.Limits SMALL = new SafeArchive.Limits(5, 1000, 10, 100);

    @TempDir Path folder;

    private Path zip;
    private Path target;

    @BeforeEach
    void makeFolders() throws IOException {
        zip = folder.resolve("a.zip");
        target = Files.createDirectories(folder.resolve("deep/down/target"));
    }

    private void write(String... entries) throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (String entry : entries) {
                out.putNextEntry(new ZipEntry(entry));
                if (!entry.endsWith("/")) {
                    out.write(entry.getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }

    private String refused(SafeArchive.Limits limits) throws IOException {
        List<Path> before = files();
        ModelException e =
                assertThrows(ModelException.class, () -> SafeArchive.unpack(zip, target, limits));
        assertEquals(before, files(), "something was written outside");
        assertEquals(1, e.getMessage().lines().count());
        assertTrue(e.getMessage().contains("a.zip"), e.getMessage());
        return e.getMessage();
    }

    /** All but what is in the target. */
    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> !path.startsWith(target)).sorted().toList();
        }
    }

    @Test
    void plainFilesComeOut() throws IOException {
        write("top.txt", "one/", "one/two/three.bin", "__MACOSX/._top.txt", "one/.DS_Store");
        SafeArchive.unpack(zip, target, SMALL);
        try (Stream<Path> all = Files.walk(target)) {
            assertArrayEquals(
                    new String[] {"", "one", "one/two", "one/two/three.bin", "top.txt"},
                    all.map(path -> target.relativize(path).toString().replace('\\', '/'))
                            .sorted()
                            .toArray());
        }
        assertEquals("top.txt", Files.readString(target.resolve("top.txt")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil",
                "a/../../evil",
                "/evil",
                "//evil",
                "C:/evil",
                "c:evil",
                "..\\evil",
                "a\\b",
                "a/..",
                "..",
                "file:stream",
                "a\nb",
                "./..//../evil",
                "bad\u0000name",
                "."
            })
    void namesThatLeadElsewhereAreRefusedBeforeAnythingIsWritten(String name) throws IOException {
        write("harmless.txt", name);
        assertTrue(refused(SMALL).contains("leads out"));
        assertTrue(Files.notExists(target.resolve("harmless.txt")));
    }

    @Test
    void linksAreRefused() throws IOException {
        write("link", "file");
        byte[] bytes = Files.readAllBytes(zip);
        for (int i = 0; i < bytes.length - 4; i++) {
            // The first entry of the central directory gets the mode of a symbolic link.
            if (bytes[i] == 'P' && bytes[i + 1] == 'K' && bytes[i + 2] == 1 && bytes[i + 3] == 2) {
                bytes[i + 40] = (byte) 0xff;
                bytes[i + 41] = (byte) 0xa1;
                break;
            }
        }
        Files.write(zip, bytes);
        assertTrue(refused(SMALL).contains("a link in it, 'link'"));
        assertTrue(Files.notExists(target.resolve("file")));
    }

    @Test
    void tooManyEntries() throws IOException {
        write("1", "2", "3", "4", "5", "6");
        assertTrue(refused(SMALL).contains("6 entries"));
    }

    @Test
    void bombsStop() throws IOException {
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry("zeros"));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 100; i++) {
                out.write(zeros);
            }
        }
        assertTrue(refused(SafeArchive.Limits.USUAL).contains("unpacks to more than"));
        assertTrue(Files.size(target.resolve("zeros")) < 40 << 20);
    }

    @Test
    void damageIsNamed() throws IOException {
        write("file", "other");
        byte[] bytes = Files.readAllBytes(zip);
        Files.write(zip, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertTrue(refused(SMALL).contains("damaged"));
        Files.write(zip, new byte[0]);
        assertTrue(refused(SMALL).contains("damaged"));
        bytes[36] ^= 1; // in the first file's data
        Files.write(zip, bytes);
        assertTrue(refused(SMALL).contains("damaged"));
    }

    @Test
    void whatIsThereIsNotWrittenOver() throws IOException {
        write("file");
        Files.writeString(target.resolve("file"), "mine");
        refused(SMALL);
        assertEquals("mine", Files.readString(target.resolve("file")));
    }
}
