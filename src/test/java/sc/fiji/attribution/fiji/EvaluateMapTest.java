/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.evaluation.Artefact;
import sc.fiji.attribution.fiji.evaluation.ArtefactResult;
import sc.fiji.attribution.fiji.evaluation.ChosenMethod;
import sc.fiji.attribution.fiji.evaluation.EvaluationPicture;
import sc.fiji.attribution.fiji.evaluation.EvaluationResult;
import sc.fiji.attribution.fiji.evaluation.TestImage;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.method.evaluation.Figure;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.model.engine.Engines;

/** Maps that are there, by a network of a few numbers: f = the mean of each channel, weighed. */
class EvaluateMapTest {

    @TempDir Path folder;
    private Classifier classifier;
    private ImagePlus image;
    private ImagePlus mask;

    @BeforeEach
    void open() throws IOException {
        Packages.network(folder.resolve("net"), -1, 8, 8, 2);
        classifier = Engines.open(folder.resolve("net"), ModelOptions.NONE);
        image = IJ.createHyperStack("image", 8, 8, 2, 1, 1, 32);
        for (int i = 0; i < 64; i++) {
            image.getStack().getProcessor(1).setf(i, (i * 37) % 64);
            image.getStack().getProcessor(2).setf(i, (i * 23) % 64);
        }
        mask = IJ.createImage("mask", "8-bit black", 8, 8, 1);
        mask.getProcessor().set(2, 3, 255);
        mask.getProcessor().set(5, 3, 255);
    }

    @AfterEach
    void close() {
        classifier.close();
    }

    private ImagePlus map(String method, Map<String, String> options) {
        return new AttributionTool(classifier)
                .method(method)
                .options(options)
                .target("1")
                .run(image, Progress.NONE)
                .image();
    }

    /** What a method's map is said to be worth is what its saved map is. */
    @Test
    void aMapAndItsMethodHaveTheSameFigures() {
        EvaluationTool compared =
                new EvaluationTool(classifier, Metrics.all()).target("1").steps(8);
        compared.compare(
                image,
                Optional.of(mask),
                ChosenMethod.list("Integrated Gradients (steps=3)", classifier, false),
                Progress.NONE);
        EvaluationTool judged = new EvaluationTool(classifier, Metrics.all()).steps(8);
        judged.judge(
                map("Integrated Gradients", Map.of("steps", "3")),
                image,
                Optional.of(mask),
                Progress.NONE);
        List<Figure> a = compared.result().rows();
        List<Figure> b = judged.result().rows();
        assertEquals(a.size(), b.size());
        for (int i = 0; i < a.size(); i++) {
            assertEquals(a.get(i).metric(), b.get(i).metric());
            assertEquals(a.get(i).value(), b.get(i).value(), 1e-5, a.get(i) + "");
            assertEquals(a.get(i).random(), b.get(i).random(), 1e-5, a.get(i) + "");
        }
        assertTrue(a.size() > 20, a.size() + "");
        assertTrue(compared.result().curvePoints().size() > 5 * 8);
        // Behind the columns that there were at first.
        assertEquals(
                List.of("image", "method", "metric", "step", "value", "at"),
                List.of(compared.result().curvePoints().getHeadings()));
        BufferedImage page = EvaluationPicture.of(compared.result());
        assertTrue(page.getWidth() > 900 && page.getHeight() > 600, page + "");
    }

    @Test
    void whatCannotBeJudgedIsRefusedInALine() throws IOException {
        ImagePlus map = map("Input x Gradient", Map.of());
        ImagePlus other = image.duplicate();
        other.getStack().getProcessor(1).add(9);
        refused("was made of 'image'", map, other, mask);
        ImagePlus foreign = map("Input x Gradient", Map.of());
        foreign.setProp("attribution.model.sha256", "0123456789abcdef");
        refused("SHA-256 0123456789ab", foreign, image, mask);
        refused("everywhere", IJ.createImage("flat", "32-bit black", 8, 8, 1), image, mask);
        ImagePlus broken = IJ.createImage("broken", "32-bit ramp", 8, 8, 1);
        broken.getProcessor().setf(3, 4, Float.NaN);
        refused("NaN", broken, image, mask);
        refused("is empty", map, image, IJ.createImage("none", "8-bit black", 8, 8, 1));
        refused("8x8x1", map, image, IJ.createImage("small", "8-bit ramp", 4, 4, 1));
        refused("4x4x1", IJ.createImage("tiny", "32-bit ramp", 4, 4, 1), image, mask);
    }

    /** The same values under another name, and another class than the map's: a word, no more. */
    @Test
    void whatIsOddIsSaid() {
        ImagePlus map = map("Input x Gradient", Map.of());
        ImagePlus renamed = image.duplicate();
        renamed.setTitle("renamed");
        EvaluationTool tool = new EvaluationTool(classifier, Metrics.named("Voxel AUC, Deletion"));
        tool.judge(map, renamed, Optional.of(mask), Progress.NONE);
        assertTrue(tool.result().warnings().get(0).contains("was made of 'image'"));
        EvaluationTool other =
                new EvaluationTool(classifier, Metrics.named("Voxel AUC, Deletion")).target("0");
        other.judge(map, image, Optional.of(mask), Progress.NONE);
        assertEquals(List.of("The map is of class 1, not of class 0."), other.result().warnings());
    }

    private void refused(String why, ImagePlus map, ImagePlus source, ImagePlus meant) {
        EvaluationTool tool = new EvaluationTool(classifier, Metrics.named("localisation"));
        AttributionException thrown =
                assertThrows(
                        AttributionException.class,
                        () -> tool.judge(map, source, Optional.of(meant), Progress.NONE));
        assertTrue(thrown.getMessage().contains(why), thrown.getMessage());
        assertEquals(1, thrown.getMessage().lines().count());
    }

    /** Nobody knows what made it: robustness and randomisation are left out, with a word. */
    @Test
    void aMapByAnotherProgram() {
        EvaluationTool tool = new EvaluationTool(classifier, Metrics.all()).target("1").steps(4);
        ImagePlus map = IJ.createImage("theirs", "32-bit ramp", 8, 8, 1);
        tool.judge(map, image, Optional.of(mask), Progress.NONE);
        EvaluationResult result = tool.result();
        assertTrue(
                result.perImage().stream()
                        .map(row -> Metrics.family(row.metric()))
                        .noneMatch(f -> f.equals("robustness") || f.equals("randomisation")));
        assertEquals(1, result.warnings().size(), result.warnings() + "");
        assertEquals("theirs", result.perImage().get(0).method());
    }

    @Test
    void baselinesAreReadFromTheirDescriptions() {
        for (Baseline baseline :
                List.of(
                        new Baseline.Constant(0),
                        new Baseline.Constant(-2.5f),
                        new Baseline.Mean(),
                        new Baseline.Blurred(3.5),
                        new Baseline.LocalMean(8),
                        new Baseline.Noise(0))) {
            String text = baseline.description();
            BaselineChoice choice = BaselineChoice.described(text).orElseThrow();
            assertEquals(text, choice.resolve(classifier.spec(), 0).description());
        }
        assertTrue(BaselineChoice.described("images a.tif").isEmpty());
    }

    /** Each changes a part of the image, and the mask says which. */
    @Test
    void artefacts() {
        for (Artefact artefact : Artefact.values()) {
            Artefact.Planted planted = artefact.plant(image, 0, Double.NaN, 3);
            float[] before = TestImage.values(image).data();
            float[] after = TestImage.values(planted.image()).data();
            float[] where = TestImage.values(planted.mask()).data();
            for (int i = 0; i < 64; i++) {
                boolean changed = before[i] != after[i] || before[64 + i] != after[64 + i];
                assertEquals(changed, where[i] > 0, artefact + " " + i);
            }
        }
        ArtefactTool tool =
                new ArtefactTool(
                                new EvaluationTool(classifier, Metrics.named("Voxel AUC"))
                                        .target("1"))
                        .size(3);
        tool.plant(
                image,
                Artefact.CORNER,
                ChosenMethod.list("Gradient, Input x Gradient", classifier, false),
                Progress.NONE);
        ArtefactResult.Effect effect = tool.result().effects().get(0);
        assertTrue(effect.before() != effect.after(), effect + "");
        // A linear network's gradient is the same everywhere, its product with the image is not.
        assertEquals(0.5, effect.change().get("Gradient"), 1e-9);
        assertEquals(1, effect.change().get("Input x Gradient"), 1e-9);
        assertTrue(effect.summary().contains("maps that show it: Input x Gradient"));
        assertEquals((2 + 2) + 1 + 2, tool.result().table().size());
    }

    /** Images without a selection are judged where nothing looks at it. */
    @Test
    void regionsThatNothingAsksForMayBeMissing() {
        List<ChosenMethod> methods = ChosenMethod.list("Gradient", classifier, true);
        EvaluationTool tool =
                new EvaluationTool(classifier, Metrics.named("Voxel AUC, Deletion"))
                        .target("1")
                        .steps(4)
                        .regions("selection");
        tool.compare(image, Optional.of(mask), methods, Progress.NONE);
        assertEquals(2, tool.result().perImage().size());
        EvaluationTool parts =
                new EvaluationTool(classifier, Metrics.named("Region Deletion"))
                        .target("1")
                        .regions("selection");
        ImagePlus map = map("Input x Gradient", Map.of());
        for (Executable run :
                List.<Executable>of(
                        () -> parts.compare(image, Optional.empty(), methods, Progress.NONE),
                        () -> parts.judge(map, image, Optional.empty(), Progress.NONE))) {
            String message = assertThrows(AttributionException.class, run).getMessage();
            assertTrue(message.contains("has no selection"), message);
        }
        image.setRoi(1, 1, 3, 3);
        parts.judge(map, image, Optional.empty(), Progress.NONE);
        assertEquals(1, parts.result().perImage().size());
    }

    @Test
    void listsOfMethods() {
        List<ChosenMethod> list =
                ChosenMethod.list("Occlusion (window=4,4,1 stride=2), Gradient", classifier, false);
        assertEquals("Occlusion (window=4,4,1 stride=2)", list.get(0).label());
        assertEquals("Gradient", list.get(1).label());
        for (String wrong :
                List.of(
                        "Gradients",
                        "Gradient, Gradient",
                        "Occlusion (window",
                        "LIME",
                        "LRP (x)")) {
            assertThrows(
                    AttributionException.class,
                    () -> ChosenMethod.list(wrong, classifier, false),
                    wrong);
        }
        assertTrue(ChosenMethod.list("", classifier, false).size() > 4);
    }
}
