/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.CompositeImage;
import ij.ImagePlus;
import ij.io.Opener;
import ij.measure.Calibration;
import ij.process.FloatProcessor;
import ij.process.LUT;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.ImageViewTest;

class MapImageTest {

    @TempDir Path folder;

    private static Map<String, String> provenance() {
        Map<String, String> record = new LinkedHashMap<>();
        record.put("attribution.model", "ct3d");
        record.put("attribution.logit", "-1.25");
        record.put("attribution.class", "multiple sclerosis = ill; \u00b1 \u03bc");
        record.put("attribution.baseline", "");
        record.put("attribution.note", "two\nlines");
        return record;
    }

    private static void calibrate(ImagePlus image) {
        Calibration calibration = image.getCalibration();
        calibration.pixelWidth = 0.5;
        calibration.pixelHeight = 0.75;
        calibration.pixelDepth = 3.3;
        calibration.setUnit("mm");
        calibration.xOrigin = 12.5;
        calibration.yOrigin = -3;
        calibration.zOrigin = 7;
        calibration.frameInterval = 2.5;
        calibration.setTimeUnit("min");
    }

    private ImagePlus saved(ImagePlus image) {
        String path = folder.resolve("map.tif").toString();
        ImageFile.save(image, path);
        return new Opener().openImage(path);
    }

    @Test
    void volumeKeepsGeometryLabelsAndRecordThroughTiff() {
        ImagePlus source = Specimens.image(16, 6, 5, 1, 4, 1, p -> 32768 + Specimens.number(p));
        source.getCalibration().setSigned16BitCalibration();
        calibrate(source);
        source.setProp("nifti.affine", "-0.5 0 0 3; 0 0.75 0 4; 0 0 3.3 5");
        Tensor map = Specimens.random(2, "zcyx", 4, 1, 5, 6);
        ImagePlus image =
                MapImage.of(source)
                        .title("IG of specimen")
                        .provenance(provenance())
                        .build(List.of(map));
        assertEquals("IG of specimen", image.getTitle());
        for (ImagePlus result : List.of(image, saved(image))) {
            assertEquals(32, result.getBitDepth());
            assertArrayEquals(new int[] {6, 5, 1, 4, 1}, result.getDimensions());
            for (int z = 0; z < 4; z++) {
                assertEquals("label c0 z" + z + " t0", result.getStack().getSliceLabel(z + 1));
                float[] slice = (float[]) result.getStack().getPixels(z + 1);
                for (int i = 0; i < 30; i++) {
                    assertEquals(map.data()[z * 30 + i], slice[i]);
                }
            }
            checkCalibration(result);
            double limit = result.getDisplayRangeMax();
            assertEquals(-limit, result.getDisplayRangeMin());
            float max = 0;
            for (float value : map.data()) {
                max = Math.max(max, Math.abs(value));
            }
            assertEquals(max, limit, 1e-6);
            checkLut(result, DivergingLut.LIGHT);
            assertEquals("-0.5 0 0 3; 0 0.75 0 4; 0 0 3.3 5", result.getProp("nifti.affine"));
            assertEquals("ct3d", result.getProp("attribution.model"));
            assertEquals(
                    "multiple sclerosis = ill; \u00b1 \u03bc", result.getProp("attribution.class"));
            assertEquals("two?lines", result.getProp("attribution.note"));
            assertNull(result.getProp("attribution.baseline"));
            String info = result.getInfoProperty();
            assertTrue(info.contains("Red argues for the target"), info);
            // ImageJ lists the properties itself.
            assertFalse(info.contains("attribution.model"), info);
        }
    }

    @Test
    void framesAndKeptChannelsBecomeAHyperstack() {
        ImagePlus source = Specimens.numbered(8, 6, 5, 2, 4, 3);
        calibrate(source);
        List<Tensor> maps =
                List.of(
                        Specimens.random(2, "bczyx", 1, 2, 4, 5, 6),
                        Specimens.random(3, "bczyx", 1, 2, 4, 5, 6),
                        Specimens.random(4, "bczyx", 1, 2, 4, 5, 6));
        ImagePlus image =
                MapImage.of(source)
                        .channels(MapImage.Channels.KEEP)
                        .colours(DivergingLut.DARK)
                        .build(maps);
        for (ImagePlus result : List.of(image, saved(image))) {
            assertArrayEquals(new int[] {6, 5, 2, 4, 3}, result.getDimensions());
            assertTrue(result.isHyperStack());
            for (int t = 0; t < 3; t++) {
                for (int z = 0; z < 4; z++) {
                    for (int c = 0; c < 2; c++) {
                        int n = result.getStackIndex(c + 1, z + 1, t + 1);
                        assertEquals(
                                "label c" + c + " z" + z + " t" + t,
                                result.getStack().getSliceLabel(n));
                        float[] slice = (float[]) result.getStack().getPixels(n);
                        for (int i = 0; i < 30; i++) {
                            assertEquals(maps.get(t).data()[(c * 4 + z) * 30 + i], slice[i]);
                        }
                    }
                }
            }
            checkCalibration(result);
            assertEquals(-result.getDisplayRangeMin(), result.getDisplayRangeMax());
            checkLut(result, DivergingLut.DARK);
        }
    }

    @Test
    void channelsAreSummedByDefaultAndTheirLabelsJoined() {
        ImagePlus source = Specimens.numbered(8, 6, 5, 2, 4, 3);
        Tensor map = Specimens.random(2, "zyxc", 4, 5, 6, 2);
        ImagePlus image = MapImage.of(source).firstFrame(1).build(List.of(map));
        assertArrayEquals(new int[] {6, 5, 1, 4, 1}, image.getDimensions());
        assertEquals("label c0 z3 t1 + label c1 z3 t1", image.getStack().getSliceLabel(4));
        double total = 0;
        for (int z = 0; z < 4; z++) {
            float[] slice = (float[]) image.getStack().getPixels(z + 1);
            for (int i = 0; i < 30; i++) {
                int at = (z * 30 + i) * 2;
                assertEquals(map.data()[at] + map.data()[at + 1], slice[i], 1e-6);
                total += slice[i];
            }
        }
        assertEquals(map.sum(), total, 1e-5);
        for (int i = 1; i <= source.getStackSize(); i++) {
            int[] position = source.convertIndexToPosition(i);
            source.getStack()
                    .setSliceLabel(
                            String.format(
                                    "c:%d/2 z:%d/4 - brain\n0020,0032 position",
                                    position[0], position[1]),
                            i);
        }
        image = MapImage.of(source).build(List.of(map));
        assertEquals("z:3/4 - brain", image.getStack().getSliceLabel(3));
        for (int i = 1; i <= source.getStackSize(); i++) {
            source.getStack().setSliceLabel(Integer.toString(i), i);
        }
        image = MapImage.of(source).build(List.of(map));
        assertNull(image.getStack().getSliceLabel(3));
    }

    @Test
    void singlePlaneKeepsItsLabelThroughTiff() {
        ImagePlus source = new ImagePlus("plane", new FloatProcessor(3, 2, new float[6]));
        source.setProp("Slice_Label", "field 7");
        source.setProperty("Info", "patient data stays with the image");
        ImagePlus image =
                MapImage.of(source)
                        .provenance(provenance())
                        .build(List.of(Specimens.random(1, "byx", 1, 2, 3)));
        for (ImagePlus result : List.of(image, saved(image))) {
            assertEquals(1, result.getStackSize());
            assertEquals("field 7", result.getStack().getSliceLabel(1));
            assertFalse(result.getInfoProperty().contains("patient"));
            assertEquals("ct3d", result.getProp("attribution.model"));
        }
    }

    @Test
    void everySliceShowsTheSameRange() {
        ImagePlus source = Specimens.numbered(8, 6, 5, 1, 4, 1);
        Tensor map = Specimens.random(2, "zyx", 4, 5, 6);
        map.data()[0] = 50;
        ImagePlus image = MapImage.of(source).build(List.of(map));
        for (int z = 1; z <= 4; z++) {
            image.setSlice(z);
            assertEquals(50, image.getDisplayRangeMax());
            assertEquals(-50, image.getProcessor().getMin());
        }
        assertEquals(50, image.getProcessor().getMax());
    }

    @ParameterizedTest
    @CsvSource({"100,100", "99,99", "50,50", "0.5,1"})
    void percentileEndsTheRange(double percentile, double expected) {
        Tensor map = Tensor.zeros(new Axes("yx"), 10, 10);
        for (int i = 0; i < 100; i++) {
            map.data()[i] = (i % 2 == 0 ? 1 : -1) * (i + 1);
        }
        ImagePlus source = new ImagePlus("plane", new FloatProcessor(10, 10));
        ImagePlus image = MapImage.of(source).percentile(percentile).build(List.of(map));
        assertEquals(expected, image.getDisplayRangeMax());
        assertThrows(OptionException.class, () -> MapImage.of(source).percentile(0));
        assertThrows(OptionException.class, () -> MapImage.of(source).percentile(Double.NaN));
    }

    @Test
    void zeroMapIsNeutralAndReported() {
        ImagePlus source = new ImagePlus("plane", new FloatProcessor(10, 10));
        Tensor map = Tensor.zeros(new Axes("yx"), 10, 10);
        ImagePlus image = MapImage.of(source).build(List.of(map));
        assertEquals(1, image.getDisplayRangeMax());
        assertEquals(-1, image.getDisplayRangeMin());
        assertTrue(MapImage.warning(map).orElseThrow().contains("zero everywhere"));
        map.data()[3] = 1e-30f;
        assertEquals(Optional.empty(), MapImage.warning(map));
    }

    @Test
    void refusesMapsThatAreNoNumbersOrOfAnotherGrid() {
        ImagePlus source = new ImagePlus("plane", new FloatProcessor(10, 10));
        Tensor map = Tensor.zeros(new Axes("yx"), 10, 10);
        map.data()[3] = Float.NaN;
        map.data()[4] = Float.POSITIVE_INFINITY;
        ImageViewTest.assertMessage(
                () -> MapImage.of(source).build(List.of(map)), "2 values of 100", "scale");
        Tensor other = Tensor.zeros(new Axes("yx"), 10, 9);
        assertThrows(
                IllegalArgumentException.class, () -> MapImage.of(source).build(List.of(other)));
        assertThrows(IllegalArgumentException.class, () -> MapImage.of(source).build(List.of()));
        assertEquals(MapImage.Channels.KEEP, MapImage.Channels.named("keep"));
        assertThrows(OptionException.class, () -> MapImage.Channels.named("both"));
    }

    @Test
    void compositeMapsShowAllChannelsAlike() {
        CompositeImage image =
                new CompositeImage(Specimens.numbered(32, 6, 5, 3, 4, 1), CompositeImage.GRAYSCALE);
        MapDisplay.show(image, DivergingLut.LIGHT, 9);
        for (LUT lut : image.getLuts()) {
            assertEquals(-9, lut.min);
            assertEquals(9, lut.max);
            assertEquals(DivergingLut.LIGHT.lut().getRGB(3), lut.getRGB(3));
        }
    }

    private static void checkCalibration(ImagePlus result) {
        Calibration calibration = result.getCalibration();
        assertEquals(0.5, calibration.pixelWidth, 1e-6);
        assertEquals(0.75, calibration.pixelHeight, 1e-6);
        assertEquals(3.3, calibration.pixelDepth);
        assertEquals("mm", calibration.getUnit());
        assertEquals(12.5, calibration.xOrigin);
        assertEquals(-3, calibration.yOrigin);
        assertEquals(7, calibration.zOrigin);
        assertEquals(2.5, calibration.frameInterval);
        assertEquals("min", calibration.getTimeUnit());
        assertFalse(calibration.calibrated());
    }

    private static void checkLut(ImagePlus result, DivergingLut colours) {
        LUT expected = colours.lut();
        LUT lut = result.getProcessor().getLut();
        for (int i = 0; i < 256; i++) {
            assertEquals(expected.getRGB(i), lut.getRGB(i), "entry " + i);
        }
    }
}
