/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.tissue;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.process.StackConverter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.file.SampleData;

/** Tissue maps of a simulated T1 and of patients' T1, by the priors in the jar. */
class TissueMapsToolTest {

    private static final Path SAMPLES = Path.of("sample-images");
    private static final Path PATIENTS = Path.of("../shared/volumes/nifti_ms");

    private static ImagePlus priors() {
        return SampleData.open("brain-reference.tif");
    }

    private static ImagePlus sample(String name) {
        return ImageFile.open(SAMPLES.resolve(name).toString());
    }

    private static float value(ImagePlus image, int channel, int z, int i) {
        return image.getStack().getProcessor(image.getStackIndex(channel, z, 1)).getf(i);
    }

    /** Other priors than those that the sample's maps were made with, and nearly the same maps. */
    @Test
    void theSampleIsSegmentedAsTheSampleSays() {
        ImagePlus t1 = sample("brain-lesions-1-t1w.tif");
        ImagePlus maps = TissueMapsTool.run(t1, priors(), 3, Progress.NONE);
        ImagePlus known = sample("brain-lesions-1.tif");
        assertArrayEquals(new int[] {48, 64, 3, 56, 1}, maps.getDimensions());
        assertEquals(t1.getCalibration().getX(3), maps.getCalibration().getX(3), 1e-9);
        assertEquals("GM", maps.getStack().getSliceLabel(2));
        double[] both = new double[3];
        double[] sum = new double[3];
        for (int z = 1; z <= 56; z++) {
            for (int i = 0; i < 48 * 64; i++) {
                double total = 0;
                for (int c = 1; c <= 3; c++) {
                    float found = value(maps, c, z, i);
                    boolean there = value(known, c, z, i) > 127;
                    both[c - 1] += there && found > 0.5 ? 2 : 0;
                    sum[c - 1] += (there ? 1 : 0) + (found > 0.5 ? 1 : 0);
                    total += found;
                }
                assertTrue(total == 0 || Math.abs(total - 1) < 1e-4);
            }
        }
        double[] dice = {both[0] / sum[0], both[1] / sum[1], both[2] / sum[2]};
        assertTrue(dice[0] > 0.95 && dice[1] > 0.9 && dice[2] > 0.75, Arrays.toString(dice));
    }

    /** A bias field of a factor of two hardly changes anything; without the field it does. */
    @Test
    void aBiasFieldIsTakenOut() {
        ImagePlus t1 = sample("brain-lesions-1-t1w.tif");
        new StackConverter(t1).convertToGray32();
        ImagePlus maps = TissueMapsTool.run(t1, priors(), 3, Progress.NONE);
        for (int z = 1; z <= 56; z++) {
            for (int i = 0; i < 48 * 64; i++) {
                float value = t1.getStack().getProcessor(z).getf(i);
                double field = Math.exp(0.7 * (i / 48 - 31.5) / 63);
                t1.getStack().getProcessor(z).setf(i, (float) (value * field));
            }
        }
        double with = difference(maps, TissueMapsTool.run(t1, priors(), 3, Progress.NONE));
        double without = difference(maps, TissueMapsTool.run(t1, priors(), 0, Progress.NONE));
        assertTrue(with < 0.03 && without > 3 * with, with + " and " + without);
    }

    /** Mean absolute difference of the white matter in the brain. */
    private static double difference(ImagePlus a, ImagePlus b) {
        double sum = 0;
        int brain = 0;
        for (int z = 1; z <= a.getNSlices(); z++) {
            for (int i = 0; i < a.getWidth() * a.getHeight(); i++) {
                if (value(a, 1, z, i) + value(a, 2, z, i) + value(a, 3, z, i) > 0) {
                    sum += Math.abs(value(a, 1, z, i) - value(b, 1, z, i));
                    brain++;
                }
            }
        }
        return sum / brain;
    }

    /** A brain of 1 to 1.7 L, more grey than white matter or about as much, and some fluid. */
    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"07", "26"})
    void patientsHavePlausibleTissueVolumes(String patient) {
        Path file = PATIENTS.resolve("ms_p" + patient + "_T1_MNI.nii.gz");
        Assumptions.assumeTrue(Files.exists(file), "no ../shared/volumes beside the repository");
        ImagePlus maps =
                TissueMapsTool.run(ImageFile.open(file.toString()), priors(), 3, Progress.NONE);
        double[] millilitres = new double[3];
        for (int z = 1; z <= maps.getNSlices(); z++) {
            for (int c = 1; c <= 3; c++) {
                for (int i = 0; i < maps.getWidth() * maps.getHeight(); i++) {
                    millilitres[c - 1] += value(maps, c, z, i) / 1000;
                }
            }
        }
        System.out.printf(
                "patient %s: white matter %.0f mL, grey matter %.0f mL, fluid %.0f mL%n",
                patient, millilitres[0], millilitres[1], millilitres[2]);
        double brain = millilitres[0] + millilitres[1];
        assertTrue(brain > 850 && brain < 1500, Arrays.toString(millilitres));
        double ratio = millilitres[1] / millilitres[0];
        assertTrue(ratio > 0.8 && ratio < 2, Arrays.toString(millilitres));
        assertTrue(millilitres[2] > 30 && millilitres[2] < 500, Arrays.toString(millilitres));
    }

    @Test
    void mistakesAreTold() {
        ImagePlus t1 = sample("brain-lesions-1-t1w.tif");
        assertRefused(t1, t1, 3, "have 1 channels: expected three");
        assertRefused(sample("brain-lesions-1.tif"), priors(), 3, "one grey T1 volume");
        assertRefused(t1, priors(), 7, "expected a degree from 0 to 6");
        ImagePlus away = t1.duplicate();
        away.getCalibration().pixelWidth = 2.5;
        away.getCalibration().xOrigin = 500;
        assertRefused(away, priors(), 3, "must lie in the priors' space");
        ImagePlus flat = t1.duplicate();
        for (int z = 1; z <= 56; z++) {
            flat.getStack().getProcessor(z).set(7);
        }
        assertRefused(flat, priors(), 3, "one grey value");
    }

    private static void assertRefused(ImagePlus t1, ImagePlus priors, int degree, String message) {
        AttributionException e =
                assertThrows(
                        AttributionException.class,
                        () -> TissueMapsTool.run(t1, priors, degree, Progress.NONE));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
