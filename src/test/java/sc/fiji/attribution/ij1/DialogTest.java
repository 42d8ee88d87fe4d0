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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What users of ImageJ see and do: the pages of the dialogs, their mistakes, Escape, and the line
 * that the Recorder writes, which makes the identical image again in another ImageJ.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DialogTest {

    private static final Path SAMPLES = Path.of("sample-images").toAbsolutePath();
    private static final Path MODEL = SAMPLES.resolve("lesion-classifier");
    private static final String OPEN = "open " + SAMPLES + "/brain-lesions-1.tif\n";

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

    private void drive(String script) throws IOException, InterruptedException {
        Path file = folder.resolve("script.txt");
        Files.writeString(file, script.replace("FOLDER", folder.toString()));
        imagej.drive(Driver.class, file.toString());
    }

    /** Smaller than its own controls, as a user can make it. */
    @Test
    void theViewMayBeMadeSmall() throws IOException, InterruptedException {
        drive(
                OPEN
                        + "command Attribution Map...\nset Model="
                        + MODEL
                        + "\nset Method=Gradient\nok\nok\nend\n"
                        + "size Gradient for lesions in brain-lesions-1.tif (view)=300x120\n");
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Integrated Gradients | Steps=5;Rule=middle;Target=lesions - healthy"
                        + " | target=[lesions - healthy] steps=5 rule=middle",
                "SmoothGrad           | Samples=3;Noise=0.25;Seed=7"
                        + " | method=SmoothGrad samples=3 seed=7 noise=0.25",
                "Gradient             | Target=healthy" + " | method=Gradient target=healthy",
                "Expected Gradients   | Samples=4;Baseline=blurred;Sigma=2.5"
                        + " | method=[Expected Gradients] samples=4 baseline=blurred sigma=2.5",
            })
    void recordedLineMakesTheIdenticalMap(String method, String answers, String keys)
            throws IOException, InterruptedException {
        StringBuilder script = new StringBuilder(OPEN + "record\ncommand Attribution Map...\n");
        script.append("set Model=" + MODEL + "\nset Method=" + method + "\nok\n");
        for (String answer : answers.split(";")) {
            script.append("set " + answer + "\n");
        }
        script.append("ok\nend\nimages 3\nsave FOLDER/byhand.tif\nrecorded FOLDER/recorded.txt\n");
        drive(script.toString());
        String line = recordedLine();
        for (String key : keys.split(" (?=[a-z]+=)")) {
            assertTrue(line.contains(" " + key), line);
        }
        // Nothing that is at its default: the model, and these.
        assertEquals(keys.split(" (?=[a-z]+=)").length + 1, line.split("=", -1).length - 1, line);

        imagej.run(
                String.format(
                        """
                        open("%s/brain-lesions-1.tif");
                        %s
                        saveAs("tiff", "%s");
                        File.append("done", report);
                        """,
                        SAMPLES, line, folder.resolve("replayed.tif")));
        assertIdentical("byhand.tif", "replayed.tif");
    }

    private String recordedLine() throws IOException {
        List<String> lines =
                Files.readAllLines(folder.resolve("recorded.txt")).stream()
                        .filter(line -> line.startsWith("run("))
                        .toList();
        assertEquals(1, lines.size(), lines.toString());
        System.out.println(lines.get(0).replace(SAMPLES.toString(), "…"));
        return lines.get(0);
    }

    private static void assertIdentical(String first, String second) {
        ImagePlus a = IJ.openImage(folder.resolve(first).toString());
        ImagePlus b = IJ.openImage(folder.resolve(second).toString());
        assertEquals(a.getStackSize(), b.getStackSize());
        for (int i = 1; i <= a.getStackSize(); i++) {
            assertArrayEquals(
                    (float[]) a.getStack().getPixels(i), (float[]) b.getStack().getPixels(i), 0);
        }
    }

    /** Nothing is computed, and the page comes back. */
    @Tag("long")
    @Test
    void limitOfPasses() throws IOException, InterruptedException {
        drive(
                OPEN
                        + "command Attribution Map...\nset Model="
                        + MODEL
                        + "\nset Method=RISE\nok\nset Masks=30\nset Limit=20\nok\n"
                        + "expect limit=20: RISE would take 31 passes\n"
                        + "set Limit=31\nok\nend\nimages 3\n");
    }

    @Tag("long")
    @Test
    void recordedLineOfClassifyMakesTheIdenticalTable() throws IOException, InterruptedException {
        drive(
                OPEN
                        + "record\ncommand Classify...\nset Model="
                        + MODEL
                        + "\nset Advanced=true\nok\nset Class names=well,ill\nok\nend\n"
                        + "table Classification=FOLDER/byhand.csv\nrecorded FOLDER/recorded.txt\n");
        String line = recordedLine();
        assertTrue(line.contains(" labels=[well,ill]") || line.contains(" labels=well,ill"), line);
        imagej.run(
                String.format(
                        """
                        open("%s/brain-lesions-1.tif");
                        %s
                        selectWindow("Classification");
                        saveAs("results", "%s");
                        File.append("done", report);
                        """,
                        SAMPLES, line, folder.resolve("replayed.csv")));
        String table = Files.readString(folder.resolve("byhand.csv"));
        assertTrue(table.contains("Probability ill"), table);
        assertEquals(table, Files.readString(folder.resolve("replayed.csv")));
    }

    /** From the menu alone, in an ImageJ that has never seen a sample or a model. */
    @Tag("long")
    @Test
    void recordedLinesFromSampleToMeasurementAreReplayed()
            throws IOException, InterruptedException {
        String map = "Gradient for lesions in brain-lesions-1.tif";
        drive(
                "record\ncommand Brain with Lesions\nend\nimages 1\n"
                        + "command Lesion Classifier...\nok\nexpect Missing: output=\n"
                        + "set Folder=FOLDER/nowhere\nok\nexpect there is no such folder\n"
                        + "set Folder=FOLDER\nok\nend\n"
                        + "command Model Info...\nfield Model=FOLDER/lesion-classifier\nok\nend\n"
                        + "table Layers=FOLDER/layers-byhand.csv\n"
                        + "command Attribution Map...\nfield Model=FOLDER/lesion-classifier\n"
                        + "set Method=Gradient\nok\nok\nend\nimages 3\n"
                        + "command Diverging LUT\nok\nend\n"
                        + "command Diverging LUT\nset Percentile=0\nok\n"
                        + "expect percentile: 0.0 is not above 0\nset Percentile=99\nok\nend\n"
                        + "command Attribution Overlay...\nfield Map="
                        + map
                        + "\nfield Image=brain-lesions-1.tif\nset Type=composite\nset Channel=4\n"
                        + "ok\nexpect channel=4: 'brain-lesions-1.tif' has 3\nset Channel=2\nok\n"
                        + "end\nimages 4\n"
                        + "command Lesion Mask\nend\n"
                        + "command Measure Attribution...\nfield Map="
                        + map
                        + "\nfield Regions=brain-lesions-1-mask.tif\nok\nend\n"
                        + "table Attribution in regions=FOLDER/byhand.csv\n"
                        + "recorded FOLDER/recorded.txt\n"
                        + "select "
                        + map
                        + " (overlay)\nsave FOLDER/overlay-byhand.tif\n"
                        + "select "
                        + map
                        + "\nsave FOLDER/map-byhand.tif\n");
        List<String> lines =
                Files.readAllLines(folder.resolve("recorded.txt")).stream()
                        .filter(line -> line.startsWith("run("))
                        .toList();
        lines.forEach(line -> System.out.println(line.replace(folder.toString(), "…")));
        assertEquals(
                List.of(
                        "Brain with Lesions",
                        "Lesion Classifier...",
                        "Model Info...",
                        "Attribution Map...",
                        "Diverging LUT",
                        "Diverging LUT",
                        "Attribution Overlay...",
                        "Lesion Mask",
                        "Measure Attribution..."),
                lines.stream().map(line -> line.split("\"")[1]).toList());
        imagej.run(
                String.join("\n", lines)
                        + String.format(
                                """

                                selectWindow("Attribution in regions");
                                saveAs("results", "%1$s/replayed.csv");
                                selectWindow("Layers");
                                saveAs("results", "%1$s/layers-replayed.csv");
                                selectImage("%2$s (overlay)");
                                saveAs("tiff", "%1$s/overlay-replayed.tif");
                                selectImage("%2$s");
                                saveAs("tiff", "%1$s/map-replayed.tif");
                                File.append("done", report);
                                """,
                                folder, map));
        assertIdentical("overlay-byhand.tif", "overlay-replayed.tif");
        assertIdentical("map-byhand.tif", "map-replayed.tif");
        assertEquals(range("map-byhand.tif"), range("map-replayed.tif"));
        assertEquals(read("byhand.csv"), read("replayed.csv"));
        assertEquals(read("layers-byhand.csv"), read("layers-replayed.csv"));
        assertTrue(
                read("byhand.csv").contains("brain-lesions-1-mask.tif,348,"), read("byhand.csv"));
    }

    private static String read(String file) throws IOException {
        return Files.readString(folder.resolve(file));
    }

    private static String range(String file) {
        ImagePlus image = IJ.openImage(folder.resolve(file).toString());
        return image.getDisplayRangeMin() + " to " + image.getDisplayRangeMax();
    }

    /** The layers are a choice, the last convolution first; features are the active image. */
    @Tag("long")
    @Test
    void recordedLineOfHiddenFeaturesMakesTheIdenticalImage()
            throws IOException, InterruptedException {
        drive(
                OPEN
                        + "record\ncommand Hidden Features...\nset Model="
                        + MODEL
                        + "\n"
                        + "ok\n"
                        + "field Layer=evidence\n"
                        + "set Layer=block2\n"
                        + "set Target=lesions\n"
                        + "ok\n"
                        + "end\n"
                        + "images 3\n"
                        + "select block2 of brain-lesions-1.tif\n"
                        + "save FOLDER/byhand.tif\n"
                        + "recorded FOLDER/recorded.txt\n");
        String line = recordedLine();
        assertTrue(line.contains(" layer=block2 target=lesions"), line);
        imagej.run(
                String.format(
                        """
                        open("%s/brain-lesions-1.tif");
                        %s
                        selectImage("block2 of brain-lesions-1.tif");
                        saveAs("tiff", "%s");
                        selectWindow("Channels");
                        File.append(Table.getString("Channel", 0), report);
                        """,
                        SAMPLES, line, folder.resolve("replayed.tif")));
        assertIdentical("byhand.tif", "replayed.tif");
        assertTrue(
                Files.readString(folder.resolve("log.txt")).startsWith("block2["),
                imagej.printed());
    }

    /** While it is computed there is a window more, which goes when the image is there. */
    @Tag("long")
    @Test
    void recordedLineOfLearnedFeaturesMakesTheIdenticalImage()
            throws IOException, InterruptedException {
        drive(
                "record\ncommand Visualize Learned Features...\nset Model="
                        + MODEL
                        + "\nok\nset Target=nothing\nok\nexpect target 'nothing' is no class\n"
                        + "set Target=block1[2]\nset Range=0,255\nset Iterations=10\nok\nend\n"
                        + "images 1\nsave FOLDER/byhand.tif\nrecorded FOLDER/recorded.txt\n");
        imagej.run(
                String.format(
                        """
                        %s
                        saveAs("tiff", "%s");
                        File.append("done", report);
                        """,
                        recordedLine(), folder.resolve("replayed.tif")));
        assertIdentical("byhand.tif", "replayed.tif");
    }

    @Test
    void onlyWhatTheMethodReadsIsAsked() throws IOException, InterruptedException {
        drive(
                OPEN
                        + "command Attribution Map...\n"
                        + "absent Steps\nabsent Target\nabsent Axes\nabsent Save map as\n"
                        + "set Model="
                        + MODEL
                        + "\nset Method=SmoothGrad\nset Advanced=true\nok\n"
                        + "field Axes=\nfield Trust the model=false\nok\n"
                        + "field Samples=50\nfield Noise=0.1\nfield Target=predicted\n"
                        + "absent Steps\nabsent Baseline\nabsent Axes\nfield Colours=light\n"
                        + "cancel\nend\nimages 1\n");
    }

    @Test
    void aMistakeBringsThePageBackWithTheAnswers() throws IOException, InterruptedException {
        drive(
                OPEN
                        + "command Attribution Map...\n"
                        + "set Model=/nowhere\n"
                        + "set Method=Gradient\n"
                        + "ok\n"
                        + "expect Model '/nowhere' does not exist\n"
                        + "field Method=Gradient\n"
                        + "field Model=/nowhere\n"
                        + "set Method=Integrated Gradients\n"
                        + "set Model="
                        + MODEL
                        + "\nok\nset Steps=many\nset Tolerance=0.5\nok\n"
                        + "expect steps=many: expected a whole number from 1\n"
                        + "field Steps=many\nfield Tolerance=0.5\nset Steps=2\n"
                        + "set Baseline=images\nok\nok\nexpect baseline=images needs references=\n"
                        + "field Steps=2\nset Baseline=zero\nok\nend\nimages 3\n");
    }

    @Tag("long")
    @Test
    void escapeEndsTheRunAndLeavesNoImage() throws IOException, InterruptedException {
        drive(
                OPEN
                        + "command Attribution Map...\nset Model="
                        + MODEL
                        + "\n"
                        + "ok\n"
                        + "set Steps=100000\n"
                        + "set Rule=middle\n"
                        + "set Batch=1\n"
                        + "ok\n"
                        + "escape\n"
                        + "end\n"
                        + "images 1\n");
    }
}
