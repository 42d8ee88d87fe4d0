/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody else's library is loaded. */
class KnownLibrariesTest {

    private static final String BRIDGE =
            Loader.getPlatform() + "/" + System.mapLibraryName("jnitensorflow");

    @TempDir Path folder;

    private Path bridge() throws IOException {
        Path file = folder.resolve(System.mapLibraryName("jnitensorflow"));
        try (var in = getClass().getResourceAsStream("/org/tensorflow/internal/c_api/" + BRIDGE)) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    @Test
    void theListIsOfTheLibrariesThatAreInstalled() throws IOException {
        Map<String, String> digests = KnownLibraries.digests();
        assertEquals(digests.get(BRIDGE), KnownLibraries.sha256(bridge()));
        for (String platform :
                new String[] {"linux-x86_64", "macosx-arm64", "macosx-x86_64", "windows-x86_64"}) {
            assertTrue(digests.keySet().stream().anyMatch(n -> n.startsWith(platform)), platform);
        }
    }

    /** Size and time of a planted library may be right. */
    @Test
    void oneThatWasPlantedIsNot() throws IOException {
        Path file = bridge();
        assertTrue(KnownLibraries.isRight(file, BRIDGE));
        assertTrue(KnownLibraries.isRight(file, BRIDGE), "by the note");
        FileTime time = Files.getLastModifiedTime(file);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, time);
        assertFalse(KnownLibraries.isRight(file, BRIDGE));
        assertFalse(KnownLibraries.isRight(file, "linux-x86_64/other.so"));
        assertFalse(KnownLibraries.isRight(folder.resolve("none"), BRIDGE));
    }

    @Test
    void onlyAFolderThatNobodyElseWrites() throws IOException {
        Assumptions.assumeTrue(
                FileSystems.getDefault().supportedFileAttributeViews().contains("unix"),
                "skipped: this system has no owners of files");
        Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertFalse(PrivateFolder.isPrivate(open.resolve("cache")));
        Path own = folder.resolve("own");
        assertTrue(PrivateFolder.isPrivate(own));
        assertEquals(
                "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(own)));
        Path link = Files.createSymbolicLink(folder.resolve("link"), own);
        assertFalse(PrivateFolder.isPrivate(link));
    }
}
