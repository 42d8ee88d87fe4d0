/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.fiji.ModelReport;
import sc.fiji.attribution.fiji.geometry.BodyAxes;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.model.engine.Engines;

/** What a description says of the images of the training is shown, and compared with an image. */
class OrientationTest {

    private static final double[] SIZES = {1, 1, 1};

    @TempDir Path folder;

    private Classifier open(String description) throws IOException {
        Packages.network(folder, -1, 4, 4, 4, 2);
        Files.writeString(folder.resolve("attribution.yaml"), description);
        return Engines.open(folder, ModelOptions.NONE);
    }

    private static ImagePlus image(VoxelToWorld affine) {
        ImagePlus image = IJ.createHyperStack("image", 4, 4, 2, 4, 1, 32);
        if (affine != null) {
            ImageGeometry.attach(image, affine, SIZES, "mm", 0);
        }
        return image;
    }

    private static VoxelToWorld affine(double... rows) {
        return new VoxelToWorld(rows);
    }

    /** As nibabel's {@code aff2axcodes} has them. */
    @ParameterizedTest
    @CsvSource({
        "RAS, '1 0 0 0  0 1 0 0  0 0 1 0'",
        "LAS, '-1 0 0 9  0 1 0 0  0 0 1 0'",
        "LPS, '-1 0 0 9  0 -1 0 0  0 0 1 0'",
        "PIR, '0 0 1 0  -1 0 0 0  0 -1 0 0'",
        "ASL, '0 0 -1 0  1 0.2 0 0  -0.2 1 0 0'"
    })
    void lettersOfAnAffine(String letters, String rows) {
        double[] numbers =
                List.of(rows.trim().split("\\s+")).stream()
                        .mapToDouble(Double::parseDouble)
                        .toArray();
        assertEquals(
                letters, BodyAxes.of(image(affine(numbers))).map(BodyAxes::letters).orElse("none"));
    }

    @Test
    void anImageThatLiesOtherwiseIsWarnedOf() throws IOException {
        try (Classifier classifier = open("orientation: ras\n")) {
            VoxelToWorld ras = VoxelToWorld.scaling(1, 1, 1);
            VoxelToWorld las = affine(-1, 0, 0, 3, 0, 1, 0, 0, 0, 0, 1, 0);
            assertEquals(List.of(), ModelInput.of(classifier.spec(), image(ras)).warnings());
            // Nobody knows how this one lies.
            assertEquals(List.of(), ModelInput.of(classifier.spec(), image(null)).warnings());
            List<String> warnings = ModelInput.of(classifier.spec(), image(las)).warnings();
            assertEquals(1, warnings.size(), warnings::toString);
            assertTrue(warnings.get(0).startsWith("The image is stored as LAS"), warnings.get(0));
            assertTrue(warnings.get(0).contains("training were RAS"), warnings.get(0));
        }
    }

    @Test
    void theReportShowsWhatIsDescribed() throws IOException {
        String description =
                "channels: [T1, FLAIR]\norientation: LPS\npreprocessing:\n  - clip: {min: -3, max:"
                        + " 3}\n";
        try (Classifier classifier = open(description)) {
            List<String> lines = new ModelReport(classifier).lines(false);
            assertTrue(lines.contains("Channels: T1, FLAIR"), lines::toString);
            assertTrue(lines.contains("Orientation: LPS"), lines::toString);
            assertTrue(lines.contains("Preprocessing: clip(-3 to 3)"), lines::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "orientation: RAR",
                "orientation: RA",
                "orientation: up",
                "orientation: [R, A, S]",
                "orientation: 3",
                "channels: [T1, FLAIR, PD]",
                "channels: T1",
                "channels: {a: 1}"
            })
    void whatCannotBeIsRefused(String description) {
        ModelException e = assertThrows(ModelException.class, () -> open(description).close());
        assertTrue(e.getMessage().contains("attribution.yaml"), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }
}
