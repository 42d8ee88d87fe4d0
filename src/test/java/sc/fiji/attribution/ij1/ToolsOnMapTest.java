/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.measure.Calibration;
import ij.process.ImageProcessor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.file.SampleData;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * ImageJ's own tools on a map that was saved and opened again, in ImageJ itself, against the same
 * sums and largest values by hand. Its slices lie twice as far apart as its pixels.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ToolsOnMapTest {

    private static final int SLICE = 37;
    private static final double THRESHOLD = 0.002;

    @TempDir static Path folder;
    private ImagePlus map;
    private List<String> report;

    @BeforeAll
    void useThem() throws IOException, InterruptedException {
        Path model = Path.of("sample-images/lesion-classifier");
        ImagePlus brain = SampleData.open("brain-lesions-1.tif");
        brain.getCalibration().pixelDepth = 6;
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            map =
                    new AttributionTool(classifier)
                            .options(Map.of("steps", "5"))
                            .target("lesions")
                            .run(brain, Progress.NONE)
                            .image();
        }
        ImageFile.save(map, folder.resolve("map.tif").toString());
        try (PlainImageJ imagej = PlainImageJ.in(folder)) {
            report =
                    imagej.run(
                            String.format(
                                    """
                                    function range() {
                                        getMinAndMax(low, high);
                                        File.append("" + low + " " + high, report);
                                    }
                                    open("%1$s/map.tif");
                                    map = getImageID();
                                    setSlice(%2$d);
                                    setThreshold(%3$f, 1e30);
                                    run("Create Selection");
                                    run("Set Measurements...",
                                        "area mean min integrated redirect=None decimal=9");
                                    run("Measure");
                                    File.append("" + getResult("Area", 0) + " "
                                        + getResult("RawIntDen", 0) + " " + getResult("Max", 0), report);
                                    resetThreshold;
                                    run("Select None");
                                    range();
                                    run("Z Project...", "projection=[Sum Slices]");
                                    run("Diverging LUT", "colours=light");
                                    range();
                                    saveAs("tiff", "%1$s/z.tif");
                                    selectImage(map);
                                    run("Reslice [/]...", "output=3.000 start=Top avoid");
                                    range();
                                    saveAs("tiff", "%1$s/resliced.tif");
                                    selectImage(map);
                                    run("3D Project...", "projection=[Brightest Point] axis=Y-Axis"
                                        + " slice=6 initial=0 total=360 rotation=90 lower=1 upper=255"
                                        + " opacity=0 surface=100 interior=0");
                                    saveAs("tiff", "%1$s/projected.tif");
                                    selectImage(map);
                                    range();
                                    """,
                                    folder, SLICE, THRESHOLD));
        }
    }

    private double[] reported(int line) {
        return List.of(report.get(line).split(" ")).stream()
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    private static float[] pixels(ImagePlus image, int slice) {
        return (float[]) image.getStack().getPixels(slice);
    }

    private double largest() {
        double largest = 0;
        for (int z = 1; z <= map.getNSlices(); z++) {
            for (float value : pixels(map, z)) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        return largest;
    }

    @Test
    void thresholdSelectionAndMeasure() {
        double sum = 0;
        int count = 0;
        double max = 0;
        for (float value : pixels(map, SLICE)) {
            if (value >= THRESHOLD) {
                count++;
                sum += value;
                max = Math.max(max, value);
            }
        }
        assertTrue(count > 20, "" + count);
        double pixel = Math.pow(map.getCalibration().pixelWidth, 2);
        assertArrayEquals(new double[] {count * pixel, sum, max}, reported(0), 1e-3);
    }

    /** The colours were not lost on disk, nor by the tools. */
    @Test
    void rangeOfTheMapIsSymmetric() {
        for (int line : new int[] {1, 4}) {
            assertArrayEquals(new double[] {-largest(), largest()}, reported(line), 1e-4);
        }
    }

    @Test
    void sumOfSlices() {
        ImagePlus projection = IJ.openImage(folder + "/z.tif");
        double total = 0;
        double largest = 0;
        for (int i = 0; i < map.getWidth() * map.getHeight(); i++) {
            double sum = 0;
            for (int z = 1; z <= map.getNSlices(); z++) {
                sum += pixels(map, z)[i];
            }
            assertEquals(sum, pixels(projection, 1)[i], 1e-5);
            total += pixels(projection, 1)[i];
            largest = Math.max(largest, Math.abs(pixels(projection, 1)[i]));
        }
        // Integrated Gradients adds up to this, but for its error.
        double difference = number("score") - number("baseline.score");
        assertEquals(difference + number("completeness.error"), total, 1e-3);
        // ImageJ gives a projection a range of its own; Diverging LUT makes it symmetric again.
        assertArrayEquals(new double[] {-largest, largest}, reported(2), 1e-4);
    }

    private double number(String key) {
        return Double.parseDouble(map.getProp("attribution." + key));
    }

    @Test
    void reslice() {
        ImagePlus resliced = IJ.openImage(folder + "/resliced.tif");
        assertEquals(map.getHeight(), resliced.getStackSize());
        assertEquals(map.getNSlices(), resliced.getHeight());
        Calibration calibration = resliced.getCalibration();
        assertEquals(6, calibration.pixelHeight, 1e-4);
        assertEquals(3, calibration.pixelDepth, 1e-4);
        for (int y = 0; y < map.getHeight(); y++) {
            for (int z = 0; z < map.getNSlices(); z++) {
                for (int x = 0; x < map.getWidth(); x++) {
                    assertEquals(
                            pixels(map, z + 1)[y * map.getWidth() + x],
                            pixels(resliced, y + 1)[z * map.getWidth() + x]);
                }
            }
        }
        assertArrayEquals(new double[] {-largest(), largest()}, reported(3), 1e-4);
    }

    /** Seen from the front it is the largest value along z, as 8-bit display has it. */
    @Test
    void project() {
        ImagePlus projected = IJ.openImage(folder + "/projected.tif");
        assertEquals(4, projected.getStackSize());
        double scale = 256 / (2 * largest());
        ImageProcessor front = projected.getStack().getProcessor(1);
        int neutral = 0;
        int wrong = 0;
        int left = projected.getWidth() / 2 - map.getWidth() / 2;
        for (int y = 0; y < map.getHeight(); y++) {
            for (int x = 0; x < map.getWidth(); x++) {
                double max = -1;
                for (int z = 1; z <= map.getNSlices(); z++) {
                    max = Math.max(max, pixels(map, z)[y * map.getWidth() + x]);
                }
                double expected = Math.min(255, (max + largest()) * scale);
                assertEquals(expected, front.get(left + x, y), 1.5);
                neutral += max == 0 ? 1 : 0;
                // Whichever way ImageJ rounds, it is one of the two neutral entries.
                int entry = front.get(left + x, y);
                wrong += max == 0 && entry != 127 && entry != 128 ? 1 : 0;
            }
        }
        assertTrue(neutral > 100, "" + neutral);
        assertEquals(0, wrong, "of " + neutral);
    }
}
