/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.map;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import ij.IJ;
import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.model.engine.Engines;

/** A map says what the caller said of the model, so that it can be made again. */
class ProvenanceTest {

    @TempDir Path folder;

    private static ImagePlus image() {
        ImagePlus image = IJ.createHyperStack("image", 8, 8, 2, 1, 1, 32);
        image.getStack().getProcessor(1).setf(2, 3, 7);
        return image;
    }

    private static ImagePlus map(Path model, ModelOptions options, String target) {
        try (Classifier classifier = Engines.open(model, options)) {
            return new AttributionTool(classifier)
                    .options(Map.of("steps", "3"))
                    .target(target)
                    .run(image(), Progress.NONE)
                    .image();
        }
    }

    private static String said(ImagePlus map, String key) {
        String value = map.getProp("attribution.model." + key);
        return value == null ? "" : value;
    }

    @Test
    void theRecordMakesTheSameMap() throws IOException {
        Path model = Packages.network(folder.resolve("net"), -1, 8, 8, 2);
        ModelOptions options =
                ModelOptions.NONE
                        .withAxes("bxyc")
                        .withLabels(List.of("well", "ill"))
                        .withSignature("serving_default")
                        .withScores("scores");
        ImagePlus first = map(model, options, "ill");
        ImageFile.save(first, folder.resolve("map.tif").toString());

        ImagePlus saved = ImageFile.open(folder.resolve("map.tif").toString());
        ModelOptions recorded =
                ModelOptions.NONE
                        .withAxes(said(saved, "axes"))
                        .withLabels(ModelOptions.labels(said(saved, "labels")))
                        .withSignature(said(saved, "signature"))
                        .withScores(said(saved, "scores"))
                        .withConstants(ModelOptions.constants(said(saved, "constants")));
        assertEquals(options, recorded);
        ImagePlus again = map(model, recorded, saved.getProp("attribution.target"));
        assertEquals(first.getStackSize(), again.getStackSize());
        for (int i = 1; i <= first.getStackSize(); i++) {
            assertArrayEquals(
                    (float[]) first.getStack().getPixels(i),
                    (float[]) again.getStack().getPixels(i),
                    0);
        }
    }

    @Test
    void whatWasNotSaidIsNotRecorded() throws IOException {
        Path model = Packages.network(folder.resolve("net"), -1, 8, 8, 2);
        ImagePlus map = map(model, ModelOptions.NONE, "predicted");
        for (String key : List.of("axes", "labels", "signature", "scores", "constants")) {
            assertNull(map.getProp("attribution.model." + key));
        }
    }

    @Test
    void constantsInTheirOwnWords() {
        String text = "age=41.5,lab=1.0;2.0";
        ModelOptions options = ModelOptions.NONE.withConstants(ModelOptions.constants(text));
        assertEquals(Map.of("constants", text), options.toMap());
        assertArrayEquals(
                new float[] {1, 2},
                ModelOptions.constants(options.toMap().get("constants")).get("lab"));
    }

    /** Against the library's formatter, also where rounding changes the number of digits. */
    @Test
    void numbersAreWrittenAsByTheFormatter() {
        Random random = new Random(3);
        List<Double> numbers =
                new ArrayList<>(List.of(0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, 1e-4));
        numbers.addAll(List.of(999999.5, 99999.95, 9.9999995e-5, 0.1234565, -1e300, 5e-324, 1.0));
        for (int i = 0; i < 2000; i++) {
            double number = random.nextGaussian() * Math.pow(10, random.nextInt(16) - 8);
            numbers.add(i % 2 == 0 ? number : (double) (float) number);
        }
        for (double number : numbers) {
            assertEquals(String.format(Locale.ROOT, "%.6g", number), Provenance.number(number));
        }
    }
}
