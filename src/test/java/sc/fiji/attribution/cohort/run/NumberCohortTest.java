/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.HeadKind;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.report.Report;
import sc.fiji.attribution.testing.Resources;

/** A cohort of a network that gives a number, whose truth is the table's label. */
class NumberCohortTest {

    private static final int SUBJECTS = 16;

    @TempDir Path folder;

    private final double[] predicted = new double[SUBJECTS];
    private final double[] error = new double[SUBJECTS];
    private Path table;

    /**
     * Each subject's true number is the network's less an error, which at site B is 3 larger. Two
     * have no label.
     */
    @BeforeEach
    void write() throws IOException {
        Random random = new Random(5);
        StringBuilder rows = new StringBuilder("id,image,label,site\n");
        try (Classifier classifier = open("one.keras", ModelOptions.NONE)) {
            for (int i = 0; i < SUBJECTS; i++) {
                ImagePlus image = Specimens.image(32, 12, 10, 1, 1, 1, p -> random.nextGaussian());
                String file = "s" + i + ".tif";
                ImageFile.save(image, folder.resolve(file).toString());
                predicted[i] = Classification.of(classifier, image).get(0).logits()[0];
                error[i] = random.nextGaussian() + (i % 2 == 0 ? 0 : 3);
                String label = i < 2 ? "" : Double.toString(predicted[i] - error[i]);
                rows.append("s" + i + "," + file + "," + label + "," + "AB".charAt(i % 2) + "\n");
            }
        }
        table = Files.writeString(folder.resolve("subjects.csv"), rows);
    }

    private static Classifier open(String model, ModelOptions options) {
        return Engines.open(Resources.bundled("heads/" + model), options);
    }

    private CohortSettings settings(String... more) {
        return SmallCohort.settings(table, folder.resolve("out"), more);
    }

    private List<String[]> rows(String file) throws IOException {
        return Files.readAllLines(folder.resolve("out").resolve(file)).stream()
                .map(line -> line.split(",", -1))
                .toList();
    }

    private double mean(int first, int step) {
        double sum = 0;
        int n = 0;
        for (int i = first; i < SUBJECTS; i += step) {
            sum += error[i];
            n++;
        }
        return sum / n;
    }

    @Test
    void errorsAndWhetherTheyGoWithTheSite() throws IOException {
        try (Classifier classifier = open("one.keras", ModelOptions.NONE)) {
            CohortResult result = new CohortTool(classifier, settings()).run(Progress.NONE);
            assertEquals("16 of 16 subjects done.", result.summary());
            Report.write(result);
        }
        List<String[]> predictions = rows("predictions.csv");
        assertEquals("id,label,predicted,split,site,error", String.join(",", predictions.get(0)));
        for (int i = 0; i < SUBJECTS; i++) {
            assertEquals(predicted[i], Double.parseDouble(predictions.get(i + 1)[2]), 1e-6);
        }
        double size = 0;
        for (int i = 2; i < SUBJECTS; i++) {
            size += Math.abs(error[i]) / (SUBJECTS - 2);
        }
        String[] first = rows("performance.csv").get(1);
        assertEquals("MAE", first[3]);
        assertEquals(size, Double.parseDouble(first[4]), 1e-6);
        assertEquals("14", first[7]);
        assertTrue(rows("performance.csv").stream().noneMatch(row -> row[3].contains("confusion")));
        assertTrue(
                rows("performance.csv").stream()
                        .anyMatch(row -> row[2].equals("B") && row[3].equals("r")));
        String[] main = rows("bias.csv").get(1);
        assertEquals("score by confound within class", main[0]);
        assertEquals(mean(3, 2) - mean(2, 2), Math.abs(Double.parseDouble(main[1])), 1e-6);
        assertTrue(Double.parseDouble(main[3]) < 0.05, main[3]);
        assertEquals("cannot be told", main[main.length - 1]);
        assertTrue(rows("bias.csv").stream().noneMatch(row -> row[0].contains("accuracy")));
        // Without packed volumes and pictures, in which any letters may stand.
        String report =
                Files.readString(folder.resolve("out/report.html")).replaceAll("[\\w+/]{100,}", "");
        assertTrue(report.contains("Predicted and true brain_age"));
        assertTrue(report.contains("the model gives a number"));
        assertTrue(!report.contains("true class") && !report.contains("NaN"));
        assertTrue(report.contains("Red raises brain_age, blue lowers it"));
        assertTrue(report.contains(">B</text>") && !report.contains("brain_age B"));
        assertTrue(!report.contains("score by confound within class"), "there are no classes");
    }

    private String refused(Classifier classifier) {
        CohortSettings settings = settings();
        return assertThrows(AttributionException.class, () -> new CohortTool(classifier, settings))
                .getMessage();
    }

    @Test
    void whatIsNoNumberIsRefused() throws IOException {
        String content = Files.readString(table);
        Files.writeString(table, content.replaceFirst("s0.tif,,", "s0.tif,healthy,"));
        try (Classifier classifier = open("one.keras", ModelOptions.NONE);
                Classifier unknown = open("tf1_three", ModelOptions.NONE)) {
            String message = refused(classifier);
            assertTrue(message.startsWith("Subject 's0': label 'healthy' is no number"), message);
            assertTrue(refused(unknown).contains("head=regression"), refused(unknown));
        }
    }

    /** Of several numbers one is named. */
    @Test
    void oneOfSeveralNumbers() throws IOException {
        ModelOptions options =
                ModelOptions.NONE
                        .withLabels(List.of("age", "weight"))
                        .withHead(HeadKind.REGRESSION);
        try (Classifier classifier = open("two.keras", options)) {
            String message = refused(classifier);
            assertTrue(message.contains("target=age or target=weight"), message);
            CohortTool tool = new CohortTool(classifier, settings("target", "weight"));
            assertEquals(
                    "16 subjects, of which 16 can be run; number: weight.",
                    tool.check(Progress.NONE).lines().get(0));
            tool.run(Progress.NONE);
            ImagePlus last = ImageFile.open(folder.resolve("s15.tif").toString());
            float weight = Classification.of(classifier, last).get(0).logits()[1];
            assertEquals(weight, Float.parseFloat(rows("predictions.csv").get(16)[2]), 1e-6);
        }
    }
}
