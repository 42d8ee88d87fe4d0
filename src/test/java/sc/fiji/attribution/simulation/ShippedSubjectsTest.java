/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ij.IJ;
import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped subjects, made again from the volumes that lie beside the repository. */
@Tag("long")
@EnabledIf(value = "volumes", disabledReason = "no ../shared/volumes beside the repository")
class ShippedSubjectsTest {

    private static final Path VOLUMES = Path.of("../shared/volumes");
    private static final Path SAMPLES = Path.of("sample-images");

    @TempDir Path folder;

    static boolean volumes() {
        return Files.isDirectory(VOLUMES);
    }

    private Path make(String study) throws IOException {
        MakeSubjects.main(
                new String[] {
                    VOLUMES.resolve("nifti").toString(),
                    VOLUMES.resolve("nifti_ms").toString(),
                    folder.toString(),
                    study
                });
        return folder.resolve(study.split("=")[0]);
    }

    /** Files of the scanner study are those that are written, to the byte. */
    @Test
    void theScannersSubjectsAreTheSameFiles() throws IOException {
        Path made = make("scanner=120/sub-121b");
        for (String kind : new String[] {"T1", "FLAIR", "mask"}) {
            String file = "sub-121b_" + kind + ".tif";
            assertArrayEquals(
                    Files.readAllBytes(SAMPLES.resolve("scanner-study").resolve(file)),
                    Files.readAllBytes(made.resolve(file)),
                    file);
        }
    }

    /** The studies with sites ship the first held-out subjects under other names. */
    @ParameterizedTest
    @CsvSource({
        "ms=300/sub-304, ms-study, lesions-1",
        "ms=300/sub-364, ms-study, healthy-5",
        "tumour=300/sub-304, tumour-study, tumour-1"
    })
    void subjectsOfTheSitesHaveTheSameVoxels(String study, String samples, String name)
            throws IOException {
        Path made = make(study);
        String id = study.split("/")[1];
        Path shipped = SAMPLES.resolve(samples);
        same(shipped.resolve("images/maps").resolve(name + ".tif"), made.resolve(id + "_maps.tif"));
        if (!name.startsWith("healthy")) {
            same(shipped.resolve("masks").resolve(name + ".tif"), made.resolve(id + "_mask.tif"));
        }
    }

    private static void same(Path expected, Path file) {
        ImagePlus shipped = IJ.openImage(expected.toString());
        ImagePlus made = IJ.openImage(file.toString());
        assertEquals(shipped.getStackSize(), made.getStackSize());
        for (int n = 1; n <= shipped.getStackSize(); n++) {
            assertArrayEquals(
                    (byte[]) shipped.getStack().getPixels(n),
                    (byte[]) made.getStack().getPixels(n),
                    file + ", slice " + n);
        }
    }
}
