/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.ImageStack;
import ij.measure.ResultsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.ImageException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.geometry.VoxelToWorld;

/** Names as the programs write them, and labels that are found through the world. */
class AtlasTest {

    @TempDir Path folder;

    private Map<Integer, String> names(String text) throws IOException {
        return AtlasNames.read(Files.writeString(folder.resolve("names"), text));
    }

    @Test
    void fourFormatsOfText() throws IOException {
        assertEquals(
                Map.of(1, "Left Thalamus", 17, "Caudate, left"),
                names("# comment\n1 Left Thalamus\n17\tCaudate, left\r\n"));
        assertEquals(
                Map.of(0, "Clear Label", 2, "White matter"),
                names(
                        "################\n# ITK-SnAP Label Description File\n"
                                + "    0     0    0    0        0  0  0    \"Clear Label\"\n"
                                + "    2   255    0    0        1  1  1    \"White matter\"\n"));
        assertEquals(
                Map.of(2, "Left-Cerebral-White-Matter", 1001, "ctx-lh-bankssts"),
                names(
                        "#No. Label Name: R G B A\n2   Left-Cerebral-White-Matter  245 245 245 0\n"
                                + "1001    ctx-lh-bankssts  25  100 40  0\n"));
        assertEquals(
                Map.of(3, "grey matter"), names("name\tindex\tabbreviation\ngrey matter\t3\tGM\n"));
    }

    @Test
    void fslsIndexIsOneLess() throws IOException {
        assertEquals(
                Map.of(1, "Frontal Pole", 2, "Insular Cortex"),
                names(
                        "<?xml version=\"1.0\"?><atlas><data><label index=\"0\" x=\"48\">Frontal"
                                + " Pole</label><label index=\"1\">Insular"
                                + " Cortex</label></data></atlas>"));
    }

    @Test
    void refusesWhatNamesNothingAndStrangersEntities() {
        assertThrows(OptionException.class, () -> names("nothing here\n"));
        assertThrows(
                OptionException.class,
                () ->
                        names(
                                "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
                                        + "<a><label index=\"0\">&x;</label></a>"));
    }

    private static ImagePlus volume(int width, int height, int depth, String affine) {
        ImageStack stack = new ImageStack(width, height);
        for (int z = 0; z < depth; z++) {
            stack.addSlice(null, new float[width * height]);
        }
        ImagePlus image = new ImagePlus("volume", stack);
        double[] rows = VoxelToWorld.parse(affine).rows();
        image.getCalibration().pixelWidth = Math.abs(rows[0] + rows[1]);
        image.getCalibration().pixelHeight = Math.abs(rows[4] + rows[5]);
        image.getCalibration().pixelDepth = Math.abs(rows[10]);
        image.setProp("nifti.affine", affine);
        image.setProp("nifti.sform", "1");
        return image;
    }

    /** A 1 mm atlas, its axes x and y exchanged and x mirrored, on a 3 mm map. */
    @Test
    void nearestInTheWorld() {
        ImagePlus map = volume(4, 5, 3, "3 0 0 -4 0 3 0 2 0 0 3 1");
        ImagePlus atlas = volume(20, 16, 10, "0 -1 0 9 1 0 0 0 0 0 1 0");
        Random random = new Random(1);
        for (int z = 1; z <= 10; z++) {
            float[] slice = (float[]) atlas.getStack().getPixels(z);
            for (int i = 0; i < slice.length; i++) {
                slice[i] = random.nextInt(5);
            }
        }
        Atlas found = Atlas.on(map, atlas, Map.of(2, "two"));
        assertEquals(Map.of(1, "label 1", 2, "two", 3, "label 3", 4, "label 4"), found.names());
        int[][] expected = new int[3][20];
        for (int z = 0; z < 3; z++) {
            for (int y = 0; y < 5; y++) {
                for (int x = 0; x < 4; x++) {
                    int i = 3 * y + 2; // world y = atlas i
                    int j = 9 - (3 * x - 4); // world x = 9 - atlas j
                    int k = 3 * z + 1;
                    boolean inside = i >= 0 && i < 20 && j >= 0 && j < 16 && k < 10;
                    expected[z][y * 4 + x] =
                            inside
                                    ? (int)
                                            ((float[]) atlas.getStack().getPixels(k + 1))
                                                    [j * 20 + i]
                                    : 0;
                }
            }
        }
        assertArrayEquals(expected, found.labels());
    }

    @Test
    void whatLiesOutsideOfTheImageIsSaid() {
        ImagePlus map = volume(4, 5, 3, "3 0 0 0 0 3 0 0 0 0 3 0");
        for (int off = 0; off <= 4; off++) {
            ImagePlus mask = volume(4, 5, 3, "3 0 0 " + 3 * off + " 0 3 0 0 0 0 3 0");
            Arrays.fill((float[]) mask.getStack().getPixels(2), 1);
            assertEquals(off / 4.0, Atlas.on(map, mask, Map.of()).outside());
            String said = new RegionChoice.Labels(mask).outside(map).orElse("none");
            String start = off == 0 ? "none" : 25 * off + " % of the labelled voxels of 'volume'";
            assertTrue(said.startsWith(start), said);
        }
    }

    /** As Measure Attribution... does: sums by region of an atlas on a finer grid, by its names. */
    @Test
    void measuredByName() {
        ImagePlus map = volume(2, 1, 1, "3 0 0 0 0 3 0 0 0 0 3 0");
        float[] values = (float[]) map.getStack().getPixels(1);
        values[0] = 5;
        values[1] = -2;
        ImagePlus atlas = volume(6, 3, 3, "1 0 0 -1 0 1 0 -1 0 0 1 -1");
        for (int z = 1; z <= 3; z++) {
            float[] slice = (float[]) atlas.getStack().getPixels(z);
            for (int i = 0; i < slice.length; i++) {
                slice[i] = i % 6 < 3 ? 17 : 255;
            }
        }
        ((float[]) atlas.getStack().getPixels(1))[0] = 3; // no voxel of the map is near
        RegionChoice regions = new RegionChoice.Labels(atlas);
        ResultsTable table =
                RegionStatistics.of(
                        map, regions.named(Map.of(17, "thalamus", 3, "nowhere")), Progress.NONE);
        assertEquals(3, table.size());
        assertEquals("nowhere", table.getStringValue("Region", 0));
        assertEquals(0, table.getValue("Voxels", 0));
        assertEquals("thalamus", table.getStringValue("Region", 1));
        assertEquals(5, table.getValue("Sum", 1));
        assertEquals("label 255", table.getStringValue("Region", 2));
        assertEquals(-2, table.getValue("Sum", 2));
        assertThrows(
                OptionException.class,
                () -> RegionStatistics.choice("", map).named(Map.of(1, "one")));
    }

    @Test
    void withoutAWorldTheExtentsMustAgree() {
        ImagePlus map = new ImagePlus("map", slices(3, 3, 2));
        ImagePlus atlas = new ImagePlus("atlas", slices(4, 3, 2));
        String message =
                assertThrows(ImageException.class, () -> Atlas.on(map, atlas, Map.of()))
                        .getMessage();
        assertTrue(message.contains("4x3x2") && message.contains("3x3x2"), message);
        assertEquals(2, Atlas.on(map, map, Map.of()).labels().length);
        ImagePlus times = new ImagePlus("times", slices(3, 3, 2));
        times.setDimensions(1, 1, 2);
        assertTrue(
                assertThrows(ImageException.class, () -> Atlas.on(map, times, Map.of()))
                        .getMessage()
                        .endsWith(
                                "Its planes stand as time points: make them slices with Image >"
                                        + " Properties..., in a macro Stack.setDimensions(1, 2, 1)."));
    }

    private static ImageStack slices(int width, int height, int depth) {
        ImageStack stack = new ImageStack(width, height);
        for (int z = 0; z < depth; z++) {
            stack.addSlice(null, new float[width * height]);
        }
        return stack;
    }
}
