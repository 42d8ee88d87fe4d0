/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.measure.ResultsTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;

class ModelReportTest {

    private static List<String> report(Path model, boolean tests) {
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            List<String> lines = new ModelReport(classifier).lines(tests);
            lines.forEach(System.out::println);
            return lines;
        }
    }

    private static String line(List<String> lines, String what) {
        return lines.stream().filter(line -> line.startsWith(what + ": ")).findFirst().orElse("");
    }

    @Test
    void saysWhatTheFileHoldsAndWhatWorks() {
        List<String> lines = report(Path.of("sample-images/lesion-classifier"), true);
        assertEquals("Model: lesion-classifier", lines.get(0));
        assertEquals("Classes: healthy, lesions", line(lines, "Classes"));
        assertEquals("Signature: serving_default", line(lines, "Signature"));
        assertTrue(line(lines, "Input").matches("Input: volume float \\[-1, .*, 3\\]"));
        assertTrue(line(lines, "Logits").contains("before the closing Softmax"));
        assertEquals(
                "Works: " + String.join(", ", AttributionMethods.names()), line(lines, "Works"));
        assertTrue(line(lines, "Layers").contains("the last convolution is"));
        assertTrue(line(lines, "Ops").contains("5 Conv3D"), line(lines, "Ops"));
        assertEquals("Test: the model brings no test arrays", line(lines, "Test"));
    }

    @Test
    void listsTheLayersWithTheirShapes() {
        Path model = Resources.bundled("golden/ms3d").resolve("saved_model");
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            ResultsTable table = new ModelReport(classifier).layerTable();
            assertEquals(15, table.size());
            assertEquals("net_conv2", table.getStringValue("Layer", 4));
            assertEquals("? x 24 x 28 x 24 x 16", table.getStringValue("Shape", 4));
            assertEquals("Conv3D, BiasAdd", table.getStringValue("Ops", 4));
        }
    }

    /** A test array that the model meets, and one that it misses by a known amount. */
    @Test
    void runsTheTestArraysThatAModelBrings(@TempDir Path folder) throws IOException {
        Path golden = Resources.bundled("golden/ms3d");
        float[] input = new float[48 * 56 * 48 * 3];
        float[] output;
        try (Classifier classifier =
                Engines.open(golden.resolve("saved_model"), ModelOptions.NONE)) {
            Tensor zeros = new Tensor(new Axes("bzyxc"), new int[] {1, 48, 56, 48, 3}, input);
            double[] p = classifier.spec().head().probabilities(classifier.logits(zeros)[0]);
            output = new float[] {(float) p[0], (float) p[1]};
        }
        Packages.copy(golden.resolve("saved_model"), folder.resolve("net"));
        Packages.npy(folder.resolve("x.npy"), new int[] {1, 48, 56, 48, 3}, input);
        Packages.npy(folder.resolve("right.npy"), new int[] {1, 2}, output);
        Packages.npy(
                folder.resolve("wrong.npy"),
                new int[] {1, 2},
                new float[] {output[0] + 0.25f, output[1]});
        Files.writeString(
                folder.resolve("attribution.yaml"),
                "model: net\ntests:\n  - {input: x.npy, output: right.npy}\n"
                        + "  - {input: x.npy, output: wrong.npy}\n");
        List<String> tests =
                report(folder, true).stream().filter(line -> line.startsWith("Test: ")).toList();
        assertEquals(2, tests.size());
        assertTrue(
                tests.get(0).matches(".*largest difference (0\\.00|\\d.*e-0[78]).*"), tests.get(0));
        assertTrue(tests.get(1).contains("largest difference 0.250"), tests.get(1));
    }
}
