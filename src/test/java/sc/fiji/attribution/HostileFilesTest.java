/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.ModelException;
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
        boolean there = Files.exists(prey);
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
        assertEquals(there, Files.exists(prey), "an archive wrote to " + prey);
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

    private static void checkLine(AttributionException e, Path file) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        assertTrue(e.getMessage().contains(file.getFileName().toString()), e.getMessage());
    }
}
