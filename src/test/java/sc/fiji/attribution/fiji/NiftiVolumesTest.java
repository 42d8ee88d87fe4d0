/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.fiji.nifti.Nifti;

/** Files that other programs wrote; they are not part of the repository. */
class NiftiVolumesTest {

    private static final Path SHARED = Path.of("..", "shared");

    @TempDir Path folder;

    private static Path shared(String path) {
        Path file = SHARED.resolve(path);
        Assumptions.assumeTrue(
                Files.exists(file),
                "skipped: no " + path + " in a folder 'shared' beside this one");
        return file;
    }

    @ParameterizedTest
    @CsvSource({
        "nifti/mni_icbm152_wm_tal_nlin_sym_09a.nii.gz, 197, 233, 189, 1, 8, 1",
        "nifti/nibabel_anatomical.nii, 33, 41, 25, 1, 32, 2",
        "nifti/nibabel_functional.nii, 17, 21, 3, 20, 32, 4",
        "nifti/nibabel_reoriented_anat_moved.nii, 21, 26, 22, 1, 32, 4",
        "nifti/nibabel_someones_anatomy.nii.gz, 57, 67, 56, 1, 32, 2.75",
        "nifti/niivue_fmri_pitch.nii.gz, 64, 64, 35, 1, 32, 3.25",
        "nifti/niivue_spmMotor.nii.gz, 79, 95, 79, 1, 32, 2",
        "nifti_ms/ms_p07_FLAIR_MNI.nii.gz, 182, 218, 182, 1, 32, 1",
        "nifti_ms/ms_p19_lesions_MNI.nii.gz, 182, 218, 182, 1, 8, 1",
        "analyze/derived_anatomical_nifti_pair.hdr, 33, 41, 25, 1, 32, 2",
    })
    void readsAndWritesBack(String path, int x, int y, int z, int t, int depth, double size) {
        ImagePlus image = Nifti.read(shared("volumes/" + path));
        assertArrayEquals(new int[] {x, y, 1, z, t}, image.getDimensions());
        assertEquals(depth, image.getBitDepth());
        assertEquals(size, image.getCalibration().pixelWidth, 1e-5);

        Path copy = folder.resolve("copy.nii.gz");
        Nifti.write(image, copy);
        ImagePlus back = Nifti.read(copy);
        for (String property : List.of("nifti.affine", "nifti.sform", "nifti.qform")) {
            assertEquals(image.getProp(property), back.getProp(property), property);
        }
        for (int slice = 1; slice <= image.getStackSize(); slice++) {
            assertEquals(
                    image.getStack().getPixels(slice).getClass(),
                    back.getStack().getPixels(slice).getClass());
            assertArrayEquals(
                    image.getStack().getProcessor(slice).getFloatArray(),
                    back.getStack().getProcessor(slice).getFloatArray());
        }
    }

    /** The origin of the symmetric ICBM template is voxel (98, 134, 72). */
    @Test
    void theTemplateLiesWhereItShould() {
        ImagePlus image =
                Nifti.read(shared("volumes/nifti/mni_icbm152_wm_tal_nlin_sym_09a.nii.gz"));
        assertEquals(98, image.getCalibration().xOrigin, 1e-6);
        assertEquals(134, image.getCalibration().yOrigin, 1e-6);
        assertEquals(72, image.getCalibration().zOrigin, 1e-6);
    }

    @Test
    void brokenFilesAreRefused() throws IOException {
        Path edge = shared("edge");
        List<Path> broken;
        try (Stream<Path> files = Files.list(edge)) {
            broken =
                    files.filter(file -> file.toString().matches(".*\\.(nii(\\.gz)?|hdr)"))
                            // Odd, but sound: 2 x 2 x 32767 x 1 x 3 voxels.
                            .filter(file -> !file.endsWith("derived_long.nii"))
                            .toList();
        }
        assertTrue(broken.size() > 4, broken + "");
        for (Path file : broken) {
            ImageException failure =
                    assertThrows(ImageException.class, () -> Nifti.read(file), file + "");
            assertTrue(failure.getMessage().contains(file.getFileName() + ": "));
        }
    }
}
