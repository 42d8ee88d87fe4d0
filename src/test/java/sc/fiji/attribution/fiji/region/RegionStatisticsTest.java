/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.gui.OvalRoi;
import ij.gui.Roi;
import ij.measure.Measurements;
import ij.measure.ResultsTable;
import ij.process.ImageStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.file.TableFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;
import sc.fiji.attribution.fiji.input.ImageViewTest;

/** Sums in regions, against closed forms and against ImageJ's own measurements. */
class RegionStatisticsTest {

    @TempDir Path folder;

    /** Voxels of 0.5 x 2 x 3 mm around an origin at 4, 1, 2. */
    private static ImagePlus calibrated(ImagePlus image) {
        image.getCalibration().pixelWidth = 0.5;
        image.getCalibration().pixelHeight = 2;
        image.getCalibration().pixelDepth = 3;
        image.getCalibration().setUnit("mm");
        image.getCalibration().xOrigin = 4;
        image.getCalibration().yOrigin = 1;
        image.getCalibration().zOrigin = 2;
        return image;
    }

    private static ResultsTable measure(ImagePlus map, RegionChoice regions) {
        return RegionStatistics.of(map, regions, Progress.NONE);
    }

    /** +1, +2, ... along x in slice 0, -10 everywhere in slice 1; nothing elsewhere. */
    private static ImagePlus map() {
        return calibrated(
                Specimens.image(
                        32, 8, 6, 1, 4, 1, p -> p[3] == 0 ? p[0] + 1 : p[3] == 1 ? -10 : 0));
    }

    /** Stored from right to left, as FSL's templates are: X alone would be read as the right. */
    @Test
    void whereItLiesInTheBody() {
        ImagePlus map =
                Specimens.image(
                        32, 8, 6, 1, 4, 1, p -> p[0] == 1 && p[1] == 2 && p[3] == 3 ? 1 : 0);
        VoxelToWorld affine =
                new VoxelToWorld(new double[] {-2, 0, 0, 10, 0, 2, 0, -20, 0, 0, 3, 5});
        ImageGeometry.attach(map, affine, new double[] {2, 2, 3}, "mm", 0);
        ImagePlus labels = Specimens.image(8, 8, 6, 1, 4, 1, p -> 1);
        ResultsTable table = measure(map, new RegionChoice.Labels(labels));
        assertEquals(8, table.getValue("Right", 0), 1e-9);
        assertEquals(-16, table.getValue("Front", 0), 1e-9);
        assertEquals(14, table.getValue("Up", 0), 1e-9);
        assertFalse(
                measure(map(), new RegionChoice.Labels(labels)).columnExists("Right"),
                "nobody knows where that lies");
    }

    @Test
    void labelsHaveTheirClosedForms() {
        // Label 7: x 0 and 1 of slices 0 and 1; label 300: one voxel of slice 1; none in the rest.
        ImagePlus labels =
                Specimens.image(
                        16,
                        8,
                        6,
                        1,
                        4,
                        1,
                        p ->
                                p[3] < 2 && p[0] < 2
                                        ? 7
                                        : p[3] == 1 && p[0] == 5 && p[1] == 4 ? 300 : 0);
        ResultsTable table = measure(map(), new RegionChoice.Labels(labels));
        assertEquals(2, table.size());
        assertEquals("label 7", table.getStringValue("Region", 0));
        assertEquals(24, table.getValue("Voxels", 0));
        assertEquals(24 * 3.0, table.getValue("Volume", 0));
        assertEquals("mm^3", table.getStringValue("Unit", 0));
        assertEquals(6 * 3 - 120, table.getValue("Sum", 0));
        assertEquals(-102.0 / 24, table.getValue("Mean", 0));
        assertEquals(-10, table.getValue("Min", 0));
        assertEquals(2, table.getValue("Max", 0));
        assertEquals(18, table.getValue("Positive", 0));
        assertEquals(-120, table.getValue("Negative", 0));
        assertEquals(138.0 / (6 * 36 + 480), table.getValue("Share", 0), 1e-12);

        assertEquals("label 300", table.getStringValue("Region", 1));
        assertEquals(1, table.getValue("Voxels", 1));
        assertEquals(-10, table.getValue("Sum", 1));
        assertEquals((5.5 - 4) * 0.5, table.getValue("X", 1), 1e-12);
        assertEquals((4.5 - 1) * 2, table.getValue("Y", 1), 1e-12);
        assertEquals((1.5 - 2) * 3, table.getValue("Z", 1), 1e-12);
        assertFalse(table.columnExists("Frame"));
        assertFalse(table.columnExists("Channel"));
    }

    @Test
    void aMaskIsCalledByItsImage() {
        for (int inside : new int[] {1, 255}) {
            ImagePlus mask = Specimens.image(8, 8, 6, 1, 4, 1, p -> p[0] < 2 ? inside : 0);
            mask.setTitle("lesions.tif");
            RegionChoice region = new RegionChoice.Labels(mask);
            assertEquals("lesions.tif", measure(map(), region).getStringValue("Region", 0));
            ResultsTable named = measure(map(), region.named(Map.of(inside, "plaques")));
            assertEquals("plaques", named.getStringValue("Region", 0));
        }
    }

    /** On a plane of positive values all columns are ImageJ's. */
    @Test
    void aPlaneIsMeasuredAsByImageJ() {
        ImagePlus map = calibrated(Specimens.image(32, 30, 20, 1, 1, 1, p -> 1 + p[0] * p[1] % 7));
        Roi roi = new OvalRoi(5, 3, 17, 12);
        map.setRoi(roi);
        int all = Measurements.AREA | Measurements.MEAN | Measurements.MIN_MAX;
        ImageStatistics expected = map.getStatistics(all | Measurements.CENTER_OF_MASS);
        ResultsTable table = measure(map, RegionStatistics.choice("", map));
        assertEquals("selection", table.getStringValue("Region", 0));
        assertEquals(expected.pixelCount, table.getValue("Voxels", 0));
        assertEquals(expected.area, table.getValue("Area", 0), 1e-9);
        assertEquals("mm^2", table.getStringValue("Unit", 0));
        assertEquals(expected.mean, table.getValue("Mean", 0), 1e-9);
        assertEquals(expected.min, table.getValue("Min", 0));
        assertEquals(expected.max, table.getValue("Max", 0));
        assertEquals(expected.xCenterOfMass, table.getValue("X", 0), 1e-9);
        assertEquals(expected.yCenterOfMass, table.getValue("Y", 0), 1e-9);
        assertFalse(table.columnExists("Z"));
    }

    @Test
    void aSelectionGoesThroughTheStackUnlessItBelongsToASlice() {
        ImagePlus map = map();
        Roi through = new Roi(0, 0, 2, 6);
        Roi inSlice = new Roi(0, 0, 2, 6);
        inSlice.setPosition(1);
        inSlice.setName("first slice");
        ResultsTable table =
                measure(map, new RegionChoice.Rois(List.of(through, inSlice), "ROI Manager"));
        assertEquals(48, table.getValue("Voxels", 0));
        assertEquals(18 - 120, table.getValue("Sum", 0));
        assertEquals("first slice", table.getStringValue("Region", 1));
        // The two overlap: each is measured by itself.
        assertEquals(12, table.getValue("Voxels", 1));
        assertEquals(18, table.getValue("Sum", 1));
    }

    @Test
    void eachChannelOfEachFrame() {
        ImagePlus map = Specimens.image(32, 4, 3, 2, 2, 3, p -> 1 + p[2] + 10 * p[4]);
        ResultsTable table = measure(map, RegionStatistics.choice("whole image", map));
        assertEquals(6, table.size());
        for (int row = 0; row < 6; row++) {
            assertEquals(row / 2 + 1, table.getValue("Frame", row));
            assertEquals(row % 2 + 1, table.getValue("Channel", row));
            assertEquals(1 + row % 2 + 10 * (row / 2), table.getValue("Mean", row), 1e-9);
            assertEquals(1, table.getValue("Share", row));
        }
    }

    /** ImageJ's NaN Background leaves NaN outside of the threshold. */
    @Test
    void nanIsNoPartOfARegion() {
        ImagePlus map = map();
        map.getStack().getProcessor(2).setf(0, 0, Float.NaN);
        ResultsTable table = measure(map, RegionStatistics.choice("", map));
        assertEquals("whole image", table.getStringValue("Region", 0));
        assertEquals(4 * 48 - 1, table.getValue("Voxels", 0));
        assertEquals(6 * 36 - 470, table.getValue("Sum", 0));
        assertEquals(1, table.getValue("Share", 0));
    }

    @Test
    void smallValuesKeepTheirDigitsInTheFile() throws IOException {
        ImagePlus map = Specimens.image(32, 4, 3, 1, 2, 1, p -> 1.5e-7);
        String path = folder.resolve("table.csv").toString();
        TableFile.save(measure(map, RegionStatistics.choice("", map)), path);
        List<String> lines = Files.readAllLines(Path.of(path));
        assertEquals(
                "Region,Voxels,Volume,Unit,Sum,Mean,Min,Max,Positive,Negative,Share,X,Y,Z,Map",
                lines.get(0));
        assertTrue(lines.get(1).contains(",1.500000E-7,"), lines.get(1));
    }

    @Test
    void refusesWhatIsNoRegion() {
        ImagePlus map = map();
        ImageViewTest.assertMessage(
                () -> measure(map, RegionStatistics.choice("supervoxels 3", map)),
                "supervoxels are found in what a model sees");
        ImageViewTest.assertMessage(
                () -> measure(map, new RegionChoice.Labels(Specimens.numbered(8, 8, 6, 1, 3, 1))),
                "use one of the same extents");
        assertThrows(OptionException.class, () -> RegionStatistics.choice("selection", map));
    }
}
