/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.overlay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.process.ColorProcessor;
import ij.process.LUT;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.input.ImageViewTest;
import sc.fiji.attribution.fiji.map.DivergingLut;

/** Overlays as stacks: their colours, their grid, and what of both images they show. */
class OverlayImageTest {

    @TempDir Path folder;

    /** Grey grows along x; channel 1 has the same values in the other order. */
    private static ImagePlus image(int channels, int frames) {
        ImagePlus image =
                Specimens.image(
                        16, 11, 5, channels, 3, frames, p -> 100 * (p[2] == 0 ? p[0] : 10 - p[0]));
        image.getCalibration().pixelWidth = 0.5;
        image.getCalibration().pixelDepth = 3;
        image.getCalibration().setUnit("mm");
        return image;
    }

    /** From -4 below over 0 in the middle to 4 above; other channels hold a hundredth of that. */
    private static ImagePlus map(int channels, int frames) {
        ImagePlus map =
                Specimens.image(
                        32,
                        11,
                        5,
                        channels,
                        3,
                        frames,
                        p -> 2 * (2 - p[1]) * (p[2] == 0 ? 1 : 0.01));
        map.setTitle("map of it");
        map.setProp("attribution.method", "Gradient");
        return map;
    }

    private static int[] rgb(ImagePlus overlay, int x, int y) {
        return ((ColorProcessor) overlay.getStack().getProcessor(2)).getPixel(x, y, null);
    }

    @Test
    void opacityFollowsTheAbsoluteValue() {
        Overlay overlay = Overlay.of(image(1, 1), map(1, 1)).limit(4).gamma(1);
        ImagePlus result = OverlayImage.of(overlay, OverlayImage.Type.RGB);
        assertEquals(ImagePlus.COLOR_RGB, result.getType());
        for (int x = 0; x < 11; x++) {
            int[] zero = rgb(result, x, 2);
            assertEquals(zero[0], zero[1], "neutral is grey");
            assertEquals(zero[0], zero[2], "neutral is grey");
            int strong = rgb(result, x, 0)[0] - rgb(result, x, 0)[2];
            int weak = rgb(result, x, 1)[0] - rgb(result, x, 1)[2];
            assertTrue(strong > weak && weak > 30, strong + " against " + weak);
            assertTrue(rgb(result, x, 4)[2] - rgb(result, x, 4)[0] > 100, "blue below");
        }
        // Where the map is strongest little of the grey is left, and where it is zero all.
        assertTrue(rgb(result, 9, 0)[1] - rgb(result, 1, 0)[1] < 25);
        assertTrue(rgb(result, 9, 2)[1] - rgb(result, 1, 2)[1] > 150);
    }

    @Test
    void compositeHoldsTheValuesOfBoth() {
        ImagePlus image = image(2, 1);
        ImagePlus map = map(1, 1);
        Overlay overlay = Overlay.of(image, map).channel(2);
        ImagePlus made = OverlayImage.of(overlay, OverlayImage.Type.COMPOSITE);
        ImageFile.save(made, folder.resolve("composite.tif").toString());
        ImagePlus saved = ImageFile.open(folder.resolve("composite.tif").toString());
        for (ImagePlus result : List.of(made, saved)) {
            CompositeImage composite = assertInstanceOf(CompositeImage.class, result);
            assertEquals(CompositeImage.COMPOSITE, composite.getMode());
            assertArrayEquals(new int[] {11, 5, 2, 3, 1}, result.getDimensions());
            for (int z = 1; z <= 3; z++) {
                int under = result.getStackIndex(1, z, 1);
                int over = result.getStackIndex(2, z, 1);
                assertArrayEquals(
                        ImageView.of(image).slice(1, z - 1, 0),
                        (float[]) result.getStack().getPixels(under));
                assertArrayEquals(
                        (float[]) map.getStack().getPixels(z),
                        (float[]) result.getStack().getPixels(over));
            }
            LUT grey = composite.getLuts()[0];
            LUT colours = composite.getLuts()[1];
            assertEquals(-4, colours.min);
            assertEquals(4, colours.max);
            assertEquals(DivergingLut.DARK.lut().getRGB(255), colours.getRGB(255));
            assertEquals(0xff000000, colours.getRGB(127));
            assertTrue(grey.max > 1000, "room for the colours: " + grey.max);
            assertEquals("mm", result.getCalibration().getUnit());
            assertEquals(3, result.getCalibration().pixelDepth);
        }
    }

    @Test
    void calibrationLabelsAndRecordThroughTiff() {
        Overlay overlay = Overlay.of(image(2, 1), map(1, 1)).channel(2);
        ImagePlus made = OverlayImage.of(overlay, OverlayImage.Type.RGB);
        ImageFile.save(made, folder.resolve("rgb.tif").toString());
        ImagePlus saved = ImageFile.open(folder.resolve("rgb.tif").toString());
        for (ImagePlus result : List.of(made, saved)) {
            assertEquals(0.5, result.getCalibration().pixelWidth);
            assertEquals("mm", result.getCalibration().getUnit());
            assertEquals("label c1 z2 t0", result.getStack().getSliceLabel(3));
            assertEquals("Gradient", result.getProp("attribution.method"));
            assertEquals("specimen", result.getProp("attribution.overlay.image"));
            assertEquals("4", result.getProp("attribution.overlay.limit"));
            assertArrayEquals(
                    (int[]) made.getStack().getPixels(2), (int[]) result.getStack().getPixels(2));
        }
    }

    /** Channel counts differ; the sum of the map's channels, or one of them. */
    @ParameterizedTest
    @CsvSource({"0, 1.01", "1, 1", "2, 0.01"})
    void mapChannels(int channel, double factor) {
        ImagePlus map = map(2, 1);
        Overlay overlay = Overlay.of(image(3, 1), map).mapChannel(channel).percentile(100);
        ImagePlus result = OverlayImage.of(overlay, OverlayImage.Type.COMPOSITE);
        float[] first = (float[]) result.getStack().getPixels(2);
        assertEquals(4 * factor, first[0], 1e-6);
        assertEquals(4 * factor, ((CompositeImage) result).getLuts()[1].max, 1e-6);
    }

    @ParameterizedTest
    @CsvSource({"3,3", "3,1", "1,3"})
    void framesOfEither(int frames, int mapFrames) {
        Overlay overlay = Overlay.of(image(2, frames), map(1, mapFrames));
        for (OverlayImage.Type type : OverlayImage.Type.values()) {
            ImagePlus result = OverlayImage.of(overlay, type);
            assertEquals(3, result.getNFrames());
            assertEquals(3, result.getNSlices());
            assertTrue(result.isHyperStack());
        }
    }

    @Test
    void aSingleSlice() {
        ImagePlus image = Specimens.image(8, 11, 5, 1, 1, 1, p -> p[0]);
        ImagePlus map = Specimens.image(32, 11, 5, 1, 1, 1, p -> p[1]);
        assertEquals(
                1, OverlayImage.of(Overlay.of(image, map), OverlayImage.Type.RGB).getStackSize());
        ImagePlus composite = OverlayImage.of(Overlay.of(image, map), OverlayImage.Type.COMPOSITE);
        assertEquals(2, composite.getNChannels());
    }

    /** A thresholded map has NaN outside: nothing is drawn there. */
    @Test
    void nanIsNotDrawn() {
        ImagePlus map = map(1, 1);
        map.getStack().getProcessor(2).setf(5, 0, Float.NaN);
        ImagePlus result = OverlayImage.of(Overlay.of(image(1, 1), map), OverlayImage.Type.RGB);
        assertEquals(rgb(result, 5, 0)[0], rgb(result, 5, 0)[2]);
    }

    @Test
    void refusesWhatDoesNotFit() {
        Overlay overlay = Overlay.of(image(2, 1), map(1, 1));
        ImageViewTest.assertMessage(() -> Overlay.of(image(1, 2), map(1, 3)), "differ in frames");
        ImageViewTest.assertMessage(
                () -> overlay.channel(3), "channel=3", "'specimen' has 2", "expected 1 to 2");
        ImageViewTest.assertMessage(() -> overlay.mapChannel(2), "mapchannel=2", "0 to 1");
        assertThrows(OptionException.class, () -> overlay.channel(0));
        assertThrows(OptionException.class, () -> overlay.limit(-1));
        assertThrows(OptionException.class, () -> overlay.limit(Double.NaN));
        assertThrows(OptionException.class, () -> overlay.gamma(0));
        assertThrows(OptionException.class, () -> overlay.percentile(0));
        assertThrows(OptionException.class, () -> OverlayImage.Type.named("grey"));
    }
}
