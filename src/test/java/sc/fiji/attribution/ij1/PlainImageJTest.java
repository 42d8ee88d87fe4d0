/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.ij1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * The commands in plain ImageJ 1.x with its own menu and macro interpreter, the plug-in's jar in
 * the plugins folder. ImageJ's menu needs a display, so it runs on a virtual one (Xvfb).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlainImageJTest {

    private static final Path SAMPLES = Path.of("sample-images").toAbsolutePath();
    private static final Path MODEL = SAMPLES.resolve("lesion-classifier");

    @TempDir static Path folder;
    private PlainImageJ imagej;

    @BeforeAll
    void openScreen() throws IOException {
        imagej = PlainImageJ.in(folder);
    }

    @AfterAll
    void closeScreen() {
        if (imagej != null) {
            imagej.close();
        }
    }

    private List<String> run(String macro) throws IOException, InterruptedException {
        return imagej.run(macro);
    }

    private String printed() throws IOException {
        return imagej.printed();
    }

    @Test
    void mapByMacroIsTheMapOfTheTool() throws IOException, InterruptedException {
        Path saved = folder.resolve("by macro.tif");
        List<String> log =
                run(
                        String.format(
                                """
                                open("%s/brain-lesions-1.tif");
                                run("Attribution Map...", "model=[%s] target=lesions steps=4");
                                File.append(getTitle(), report);
                                File.append(Property.get("attribution.option.steps"), report);
                                saveAs("tiff", "%s");
                                """,
                                SAMPLES, MODEL, saved));
        assertEquals("Integrated Gradients for lesions in brain-lesions-1.tif", log.get(0));
        assertEquals("4", log.get(1));
        ImagePlus byMacro = IJ.openImage(saved.toString());
        try (Classifier classifier = Engines.open(MODEL, ModelOptions.NONE)) {
            ImagePlus expected =
                    new AttributionTool(classifier)
                            .options(Map.of("steps", "4"))
                            .target("lesions")
                            .run(ImageFile.open(SAMPLES + "/brain-lesions-1.tif"), Progress.NONE)
                            .image();
            for (int z = 1; z <= expected.getStackSize(); z++) {
                float[] a = (float[]) expected.getStack().getPixels(z);
                float[] b = (float[]) byMacro.getStack().getPixels(z);
                for (int i = 0; i < a.length; i++) {
                    assertEquals(a[i], b[i], 1e-5);
                }
            }
        }
    }

    @Test
    void imageByTitleAndByPath() throws IOException, InterruptedException {
        List<String> log =
                run(
                        String.format(
                                """
                                open("%1$s/brain-healthy-2.tif");
                                open("%1$s/brain-lesions-1.tif");
                                options = "model=[%2$s] method=Gradient input=";
                                run("Attribution Map...", options + "brain-healthy-2.tif");
                                File.append(Property.get("attribution.image"), report);
                                run("Attribution Map...", options + "[%1$s/brain-lesions-2.tif]");
                                File.append(Property.get("attribution.image"), report);
                                """,
                                SAMPLES, MODEL));
        assertEquals(List.of("brain-healthy-2.tif", "brain-lesions-2.tif"), log);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "target=tumour | Error: target 'tumour' is no class",
                "method=RISE limit=20 | Error: limit=20: RISE would take 4001 passes"
            })
    void aMistakeEndsTheMacro(String keys, String words) throws IOException, InterruptedException {
        List<String> log =
                run(
                        String.format(
                                """
                                open("%s/brain-healthy-2.tif");
                                File.append(nImages, report);
                                run("Attribution Map...", "model=[%s] %s");
                                File.append("went on", report);
                                """,
                                SAMPLES, MODEL, keys));
        assertEquals(List.of("1"), log);
        assertTrue(printed().contains(words), printed());
    }

    /** A map of another image, and a metric that nobody knows: nothing is shown or written. */
    @Tag("long")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Evaluate Map... | input=brain-healthy-2.tif metrics=Deletion | was made of",
                "Compare Methods... | methods=Gradient metrics=Delition | 'Delition' is no metric"
            })
    void aMistakeInJudgingEndsTheMacro(String command, String keys, String words)
            throws IOException, InterruptedException {
        Path table = folder.resolve("judged.csv");
        List<String> log =
                run(
                        String.format(
                                """
                                open("%s/brain-healthy-2.tif");
                                open("%s/brain-lesions-1.tif");
                                run("Attribution Map...", "model=[%s] method=Gradient");
                                File.append(nImages, report);
                                run("%s", "model=[%s] output=[%s] %s");
                                File.append("went on", report);
                                """,
                                SAMPLES, SAMPLES, MODEL, command, MODEL, table, keys));
        assertEquals(List.of("3"), log);
        assertTrue(printed().contains("Error: "), printed());
        assertTrue(printed().contains(words), printed());
        assertFalse(Files.exists(table));
    }

    @Tag("long")
    @Test
    void functionsForMacros() throws IOException, InterruptedException {
        List<String> log =
                run(
                        String.format(
                                """
                                run("Attribution Extensions");
                                Ext.openModel("%2$s");
                                File.append(Ext.getClassLabels(), report);
                                open("%1$s/brain-lesions-1.tif");
                                Ext.classify();
                                Ext.getProbability(Ext.getPredictedClass(), p);
                                Ext.getLogit("lesions - healthy", d);
                                File.append("" + p + " " + d, report);
                                run("Attribution Map...", "model=[%2$s] steps=5");
                                Ext.getCompletenessError(error, share);
                                File.append("" + error + " " + share, report);
                                Ext.getCompletenessError(error);
                                layers = split(Ext.getLayers(), "\\n");
                                methods = split(Ext.getMethods(), "\\n");
                                File.append(layers[0] + " " + methods[0], report);
                                Ext.getLogit("tumour", d);
                                File.append("went on", report);
                                """,
                                SAMPLES, MODEL));
        assertEquals(List.of("healthy", "lesions"), log.subList(0, 2));
        try (Classifier classifier = Engines.open(MODEL, ModelOptions.NONE)) {
            ImagePlus image = ImageFile.open(SAMPLES + "/brain-lesions-1.tif");
            Classification expected = Classification.of(classifier, image).get(0);
            assertEquals(
                    expected.probabilities()[1],
                    Double.parseDouble(log.get(2).split(" ")[0]),
                    1e-4);
            assertEquals(
                    expected.logits()[1] - expected.logits()[0],
                    Double.parseDouble(log.get(2).split(" ")[1]),
                    1e-3);
            Attribution attribution =
                    new AttributionTool(classifier)
                            .options(Map.of("steps", "5"))
                            .run(image, Progress.NONE)
                            .attributions()
                            .get(0);
            assertEquals(
                    attribution.completenessError().getAsDouble(),
                    Double.parseDouble(log.get(3).split(" ")[0]),
                    1e-4);
            assertEquals(
                    attribution.relativeCompletenessError().getAsDouble(),
                    Double.parseDouble(log.get(3).split(" ")[1]),
                    1e-4);
            String layer = classifier.layers().orElseThrow().list().get(0).name();
            assertEquals(layer + " " + AttributionMethods.names(classifier).get(0), log.get(4));
        }
        assertEquals(5, log.size(), log.toString());
        assertTrue(printed().contains("Error: target 'tumour' is no class"), printed());
    }
}
