/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README of the samples says of the files. */
class SampleImagesTest {

    private static final Path FOLDER = Path.of("sample-images");

    private static ImagePlus open(String name) {
        return IJ.openImage(FOLDER.resolve(name).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "brain-healthy-1",
                "brain-healthy-2",
                "brain-reference",
                "brain-lesions-1",
                "brain-lesions-2",
                "brain-lesions-3"
            })
    void brainsAreCalibratedHyperstacks(String name) {
        ImagePlus image = open(name + ".tif");
        assertArrayEquals(new int[] {48, 64, 3, 56, 1}, image.getDimensions());
        assertEquals(8, image.getBitDepth());
        assertEquals("mm", image.getCalibration().getUnit());
        assertEquals(3, image.getCalibration().pixelWidth, 1e-5);
        assertEquals(3, image.getCalibration().pixelDepth, 1e-5);
        assertTrue(image.getCalibration().zOrigin > 0);
        assertEquals("WM", image.getStack().getSliceLabel(1));
        assertEquals("GM", image.getStack().getSliceLabel(2));
        assertEquals("CSF", image.getStack().getSliceLabel(3));
    }

    /**
     * Brain 1 with and without lesions: white matter is lost inside them, and outside nearly all is
     * the same, though each was segmented anew.
     */
    @Test
    void theTwinsDifferInTheLesions() {
        ImagePlus healthy = open("brain-healthy-1.tif");
        ImagePlus lesions = open("brain-lesions-1.tif");
        ImagePlus mask = open("brain-lesions-1-mask.tif");
        int inside = 0;
        double gone = 0;
        int near = 0;
        for (int z = 1; z <= 56; z++) {
            int white = healthy.getStackIndex(1, z, 1);
            for (int i = 0; i < 48 * 64; i++) {
                int lost =
                        healthy.getStack().getProcessor(white).get(i)
                                - lesions.getStack().getProcessor(white).get(i);
                int masked = mask.getStack().getProcessor(z).get(i);
                assertTrue(masked == 0 || masked == 255);
                inside += masked == 0 ? 0 : 1;
                gone += masked == 0 ? 0 : lost / 255.0;
                near += masked == 0 && Math.abs(lost) <= 8 ? 1 : 0;
            }
        }
        assertTrue(inside > 30, inside + " voxels of lesion");
        assertTrue(gone > 0.5 * inside, "white matter lost in lesions: " + gone / inside);
        assertTrue(near > 0.95 * 48 * 64 * 56, near + " voxels are the same");
    }

    @Test
    void theClassifierIsThereAndSmall() throws IOException {
        Path model = FOLDER.resolve("lesion-classifier");
        assertEquals(
                List.of("healthy", "lesions"), Files.readAllLines(model.resolve("labels.txt")));
        assertTrue(size(model) < 1_000_000);
        assertTrue(size(FOLDER) < 12_000_000);
    }

    private static long size(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
