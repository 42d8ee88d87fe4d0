/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.measure.Calibration;
import ij.plugin.Duplicator;
import ij.process.ImageProcessor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.map.DivergingLut;
import sc.fiji.attribution.fiji.map.MapImage;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * Images of microscopes: several channels and frames, voxels that are no cubes, in micrometres. The
 * map has a frame for each of theirs, and ImageJ's own Save As keeps what belongs to it.
 */
class HyperstackTest {

    private static final int FRAMES = 3;
    private static final int CHANNELS = 2;

    @TempDir Path folder;

    private static ImagePlus image(int slices) {
        ImagePlus image =
                Specimens.image(
                        16,
                        8,
                        7,
                        CHANNELS,
                        slices,
                        FRAMES,
                        p ->
                                1000
                                        + (31 * p[0] + 17 * p[1] + 7 * p[2] + 5 * p[3])
                                                % 23
                                                * (1 + p[4]));
        Calibration calibration = image.getCalibration();
        calibration.pixelWidth = 0.32;
        calibration.pixelHeight = 0.25;
        calibration.pixelDepth = 1.5;
        calibration.setUnit("micron");
        calibration.frameInterval = 30;
        image.setTitle("cells.tif");
        return image;
    }

    private ImagePlus map(int slices, ImagePlus image, MapImage.Channels channels)
            throws IOException {
        NetworkWriter network =
                slices > 1
                        ? new NetworkWriter(-1, slices, 7, 8, CHANNELS).conv3d(3).op("Relu")
                        : new NetworkWriter(-1, 7, 8, CHANNELS).constantTimes(0.01f, -0.02f);
        Path model =
                network.globalMean().dense(2).op("Softmax").write(folder.resolve("net" + slices));
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            return new AttributionTool(classifier)
                    .options(Map.of("steps", "5"))
                    .target("1")
                    .channels(channels)
                    .run(image, Progress.NONE)
                    .image();
        }
    }

    @Test
    void aMapForEachFrameIsThatOfTheFrameAlone() throws IOException {
        for (int slices : new int[] {1, 6}) {
            ImagePlus image = image(slices);
            ImagePlus map = map(slices, image, MapImage.Channels.KEEP);
            assertArrayEquals(new int[] {8, 7, CHANNELS, slices, FRAMES}, map.getDimensions());
            assertTrue(map.isHyperStack());
            for (int t = 1; t <= FRAMES; t++) {
                ImagePlus frame = new Duplicator().run(image, 1, CHANNELS, 1, slices, t, t);
                ImagePlus alone = map(slices, frame, MapImage.Channels.KEEP);
                for (int z = 1; z <= slices; z++) {
                    for (int c = 1; c <= CHANNELS; c++) {
                        assertArrayEquals(
                                (float[]) alone.getStack().getPixels(alone.getStackIndex(c, z, 1)),
                                (float[]) map.getStack().getPixels(map.getStackIndex(c, z, t)),
                                1e-6f);
                    }
                }
            }
            assertEquals(FRAMES, map.getProp("attribution.score").split("; ").length);
        }
    }

    /** LUT, range and calibration as ImageJ's own Save As and Open have them. */
    @Test
    void survivesSaveAsTiff() throws IOException {
        for (int slices : new int[] {1, 6}) {
            ImagePlus map = map(slices, image(slices), MapImage.Channels.SUM);
            String path = folder.resolve("map" + slices + ".tif").toString();
            IJ.saveAs(map, "Tiff", path);
            ImagePlus opened = IJ.openImage(path);
            assertArrayEquals(
                    new int[] {8, 7, 1, slices, FRAMES},
                    opened.getDimensions(),
                    "slices " + slices);
            assertEquals(map.getDisplayRangeMax(), opened.getDisplayRangeMax());
            assertEquals(-opened.getDisplayRangeMax(), opened.getDisplayRangeMin());
            Calibration calibration = opened.getCalibration();
            assertEquals(0.32, calibration.pixelWidth, 1e-6);
            assertEquals(0.25, calibration.pixelHeight, 1e-6);
            assertEquals(1.5, calibration.pixelDepth, 1e-6);
            assertEquals("micron", calibration.getUnit());
            assertEquals(30, calibration.frameInterval, 1e-6);
            for (int i = 0; i < 256; i++) {
                assertEquals(
                        DivergingLut.LIGHT.lut().getRGB(i),
                        opened.getProcessor().getLut().getRGB(i));
            }
            for (String key :
                    List.of("method", "target", "score", "model.sha256", "option.steps")) {
                assertEquals(
                        map.getProp("attribution." + key), opened.getProp("attribution." + key));
            }
        }
    }

    /** In what is on the screen, a zero is the one colour that is neither red nor blue. */
    @Test
    void zeroIsNeutralInEightBits() throws IOException {
        ImagePlus map = map(6, image(6), MapImage.Channels.SUM);
        ImageProcessor slice = map.getStack().getProcessor(3);
        slice.setf(4, 4, 0);
        slice.setf(5, 4, 1e-3f * (float) map.getDisplayRangeMax());
        map.setSlice(3);
        ImageProcessor eight = map.getProcessor().convertToByteProcessor();
        assertTrue(eight.get(4, 4) == 127 || eight.get(4, 4) == 128, "" + eight.get(4, 4));
        int[] rgb = map.getProcessor().convertToRGB().getPixel(4, 4, null);
        assertEquals(rgb[0], rgb[1]);
        assertEquals(rgb[1], rgb[2]);
    }
}
