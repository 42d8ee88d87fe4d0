/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.cohort.bias.ChannelGaps;
import sc.fiji.attribution.cohort.bias.ChannelSplit;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * Cohorts with a known truth, run from their images through their own networks: scores, the main
 * test and maps are those that PyTorch and NumPy found.
 */
@Tag("long")
class SimulatedCohortsTest {

    @TempDir Path folder;

    private static JsonObject expected(Path cohort) throws IOException {
        return JsonParser.parseString(Files.readString(cohort.resolve("expected.json")))
                .getAsJsonObject();
    }

    private CohortResult run(Path model, Path table, String... more) {
        Map<String, String> said = new HashMap<>();
        said.put("table", table.toString());
        said.put("output", folder.resolve("out").toString());
        said.put("confound", "site");
        said.put("method", "none");
        for (int i = 0; i < more.length; i += 2) {
            said.put(more[i], more[i + 1]);
        }
        ModelOptions options = ModelOptions.NONE.withLabels(List.of("control", "patient"));
        try (Classifier classifier = Engines.open(model, options)) {
            return new CohortTool(classifier, CohortSettings.of(said)).run(Progress.NONE);
        }
    }

    private List<String[]> rows(String file) throws IOException {
        try (CSVParser parser =
                CSVParser.parse(
                        Files.readString(folder.resolve("out").resolve(file)), CSVFormat.DEFAULT)) {
            return parser.stream().map(CSVRecord::values).toList();
        }
    }

    private static double number(List<String[]> rows, String row, String column) {
        int place = Arrays.asList(rows.get(0)).indexOf(column);
        return rows.stream()
                .filter(each -> each[0].startsWith(row))
                .mapToDouble(each -> Double.parseDouble(each[place]))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "c01, model.onnx, no sign of it",
        "c04, model.onnx, uses the signature strongly",
        "c04, model.pt, uses the signature strongly",
        "c07, model.onnx, uses the signature"
    })
    void verdicts(String name, String model, String verdict) throws IOException {
        Path cohort = Resources.shared("cohorts").resolve(name);
        JsonObject expected = expected(cohort);
        CohortResult result = run(cohort.resolve(model), cohort.resolve("subjects.csv"));
        assertEquals(0, result.cohort().failed(), result.summary());

        List<String[]> predictions = rows("predictions.csv");
        JsonObject subjects = expected.getAsJsonObject("subjects");
        assertEquals(subjects.size(), predictions.size() - 1);
        int first = Arrays.asList(predictions.get(0)).indexOf("logit:control");
        for (String[] row : predictions.subList(1, predictions.size())) {
            JsonArray logits = subjects.getAsJsonObject(row[0]).getAsJsonArray("logits");
            for (int k = 0; k < 2; k++) {
                assertEquals(
                        logits.get(k).getAsDouble(),
                        Double.parseDouble(row[first + k]),
                        2e-5,
                        row[0]);
            }
        }

        JsonObject figures = expected.getAsJsonObject("statistics");
        List<String[]> bias = rows("bias.csv");
        String main = "score by confound within class";
        assertEquals(main, bias.get(1)[0]);
        assertEquals(
                Math.abs(figures.get("G").getAsDouble()),
                Math.abs(number(bias, main, "statistic")),
                2e-5);
        assertEquals(figures.get("share").getAsDouble(), number(bias, main, "share"), 2e-5);
        ChannelGaps gaps = result.bias().channels().orElseThrow();
        assertTrue(gaps.exact(), "a linear head on the mean and the maximum over space");
        assertEquals(
                result.bias().main().orElseThrow().gap(),
                gaps.splits().stream().mapToDouble(ChannelSplit::confoundGap).sum(),
                1e-3);
        double exact = figures.get("exact_p").getAsDouble();
        assertEquals(
                exact,
                number(bias, main, "p"),
                4 * Math.sqrt(exact * (1 - exact) / 10_000) + 1.01e-4);
        assertEquals(verdict, bias.get(1)[7]);
        assertEquals(
                figures.get("accuracy_as_trained").getAsDouble(),
                number(bias, "accuracy, patient at A", "statistic"),
                1e-9);
        assertEquals(
                Math.abs(figures.get("twin_shift_mean_A_minus_B").getAsDouble()),
                Math.abs(number(bias, "shift", "statistic")),
                2e-5);
    }

    /** Maps of single subjects: the difference of the classes, from zero, 32 nodes. */
    @Test
    void maps() throws IOException {
        Path cohort = Resources.shared("cohorts").resolve("c01").toAbsolutePath();
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(cohort.resolve("subjects.csv"))) {
            if (lines.isEmpty() || line.startsWith("s02,") || line.startsWith("s06,")) {
                lines.add(
                        line.replace("images/", cohort + "/images/")
                                .replace("masks/", cohort + "/masks/"));
            }
        }
        Path table = Files.write(folder.resolve("two.csv"), lines);
        CohortResult result =
                run(
                        cohort.resolve("model.onnx"),
                        table,
                        "method",
                        "Integrated Gradients",
                        "steps",
                        "32");
        assertEquals("2 of 2 subjects done.", result.summary());
        for (String id : List.of("s02", "s06")) {
            double[] expected =
                    Npy.read(cohort.resolve("ig/" + id + "_ig_difference.npy")).values();
            ImagePlus map =
                    ImageFile.open(
                            folder.resolve("out/maps/" + id + "_Integrated-Gradients.nii.gz")
                                    .toString());
            ImageView view = ImageView.of(map);
            int plane = map.getWidth() * map.getHeight();
            double difference = 0;
            double size = 0;
            for (int i = 0; i < expected.length; i++) {
                // NIfTI's axes may be turned on the way in, and are turned back on the way out.
                double value = view.slice(0, i / plane, 0)[i % plane];
                difference += Math.pow(value - expected[i], 2);
                size += expected[i] * expected[i];
            }
            assertTrue(difference < 1e-6 * size, id + ": " + Math.sqrt(difference / size));
        }
    }
}
