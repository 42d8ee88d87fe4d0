/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.model.engine.Engines;

/** From an image through a described model to a map. */
class DescribedModelTest {

    @TempDir Path folder;

    private final ImagePlus image =
            Specimens.image(32, 7, 5, 2, 1, 1, p -> p[0] + 10 * p[1] + 100 * p[2]);

    private Classifier open(String description) throws IOException {
        Path model = Packages.network(folder.resolve("net"), -1, -1, -1, 2);
        if (!description.isEmpty()) {
            Files.writeString(model.resolve("attribution.yaml"), description);
        }
        Path zip = Packages.zip(model, folder.resolve("z/net.zip"));
        return Engines.open(zip, ModelOptions.NONE);
    }

    @Test
    void networkSeesPreprocessedValuesAtAnAllowedSize() throws IOException {
        try (Classifier classifier =
                open(
                        "axes: byxc\nsizes: {y: {min: 4, step: 4}, x: {min: 4, step: 4}}\n"
                                + "preprocessing:\n  - scale_linear: {gain: 0.01, offset: -1}\n")) {
            ModelInput input = ModelInput.of(classifier.spec(), image);
            Tensor tensor = input.tensor(0);
            assertArrayEquals(new int[] {1, 4, 8, 2}, tensor.shape());
            assertEquals("linear, 7x5 to 8x4", input.resampling().orElseThrow());
            // The means over y and x stay the same, within the linear ramp's ends.
            double[] mean = new double[2];
            for (int i = 0; i < tensor.length(); i++) {
                mean[i % 2] += tensor.data()[i] / 32;
            }
            assertEquals(0.23 - 1, mean[0], 1e-3);
            assertEquals(1.23 - 1, mean[1], 1e-3);

            AttributionTool.Result result =
                    new AttributionTool(classifier)
                            .options(Map.of("steps", "10"))
                            .target("1")
                            .run(image, Progress.NONE);
            Attribution attribution = result.attributions().get(0);
            assertEquals(0, attribution.completenessError().orElseThrow(), 1e-4);
            assertEquals(0, attribution.baselineScore().orElseThrow(), 1e-6);
            double total = 0;
            for (float value : (float[]) result.image().getStack().getPixels(1)) {
                total += value;
            }
            assertEquals(attribution.map().sum(), total, 1e-4);
            assertEquals(
                    "scale_linear(gain 0.01, offset -1)",
                    result.image().getProp("attribution.preprocessing"));
            assertEquals(
                    "attribution.yaml (Attribution for Fiji)",
                    result.image().getProp("attribution.model.description"));
            assertEquals("net", result.image().getProp("attribution.model"));
        }
    }

    @Test
    void imagesAsBaselinesArePreprocessedToo() throws IOException {
        try (Classifier classifier = open("preprocessing:\n  - scale_linear: {offset: 1}\n")) {
            AttributionTool.Result result =
                    new AttributionTool(classifier)
                            .options(Map.of("steps", "4"))
                            .baseline(new BaselineChoice("images", 0, 1, List.of(image)))
                            .run(image, Progress.NONE);
            Attribution attribution = result.attributions().get(0);
            assertEquals(attribution.score(), attribution.baselineScore().orElseThrow(), 1e-5);
            assertEquals(0, attribution.map().sum(), 1e-6);
        }
    }

    @Test
    void valuesOutOfRangeAndUnknownKeysWarn() throws IOException {
        try (Classifier classifier = open("range: [0, 1]\ncolour: red\n")) {
            List<String> warnings = new ArrayList<>();
            Classification.of(classifier, image, warnings::add);
            assertEquals(3, warnings.size(), warnings.toString());
            // The network itself shows it too.
            assertTrue(warnings.get(0).startsWith("CHECK THE VALUES"), warnings.get(0));
            assertTrue(warnings.get(1).contains("colour"), warnings.get(1));
            assertTrue(warnings.get(2).contains("0.0 to 146.0"), warnings.get(2));
            assertTrue(warnings.get(2).contains("[0.0, 1.0]"), warnings.get(2));
            AttributionTool.Result result =
                    new AttributionTool(classifier)
                            .options(Map.of("steps", "4"))
                            .run(image, Progress.NONE);
            assertEquals(Set.copyOf(warnings), Set.copyOf(result.warnings()));
        }
        try (Classifier classifier = open("range: [0, 146]\n")) {
            Classification.of(
                    classifier,
                    image,
                    warning -> {
                        throw new AssertionError(warning);
                    });
        }
    }

    @Test
    void withoutDescriptionNothingChanges() throws IOException {
        try (Classifier classifier = open("")) {
            ModelInput input = ModelInput.of(classifier.spec(), image);
            assertArrayEquals(new int[] {1, 5, 7, 2}, input.tensor(0).shape());
            assertEquals(146, input.tensor(0).data()[69]);
            AttributionTool.Result result =
                    new AttributionTool(classifier)
                            .options(Map.of("steps", "4"))
                            .run(image, Progress.NONE);
            assertNull(result.image().getProp("attribution.preprocessing"));
            assertNull(result.image().getProp("attribution.model.description"));
        }
    }
}
