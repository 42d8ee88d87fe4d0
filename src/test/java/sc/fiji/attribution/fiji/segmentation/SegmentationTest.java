/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.segmentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import ij.gui.PointRoi;
import ij.gui.Roi;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.HeadKind;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.fiji.MapSummary;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * A phantom with two lesions, and a network that sees three voxels far: the logit of a lesion is 10
 * times the mean of a voxel's neighbourhood minus 4, that of the background zero.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SegmentationTest {

    private static final int W = 24;
    private static final int H = 12;
    private static final int D = 10;

    @TempDir static Path folder;

    private Classifier network;
    private Classifier whole;

    @BeforeAll
    void open() throws IOException {
        ModelOptions options = ModelOptions.NONE.withLabels(List.of("background", "lesions"));
        network().writeMap(folder.resolve("linear"));
        network = Engines.open(network().op("Softmax").writeMap(folder.resolve("map")), options);
        whole =
                Engines.open(
                        network().globalMean().op("Softmax").write(folder.resolve("whole")),
                        options);
    }

    private static NetworkWriter network() {
        float[] kernel = new float[27 * 2];
        for (int i = 0; i < 27; i++) {
            kernel[2 * i + 1] = 10f / 27;
        }
        return new NetworkWriter(-1, -1, -1, -1, 1).conv3d(kernel, new float[] {0, -4});
    }

    @AfterAll
    void close() {
        network.close();
        whole.close();
    }

    /** 5×5×4 voxels of 1 at the left, 4×4×4 of 1.2 at the right, and 0.05 between. */
    private static ImagePlus phantom() {
        ImagePlus image =
                Specimens.image(32, W, H, 1, D, 1, p -> isLeft(p) ? 1 : isRight(p) ? 1.2 : 0.05);
        image.setTitle("phantom");
        image.getCalibration().pixelWidth = 2;
        image.getCalibration().pixelDepth = 3;
        image.getCalibration().setUnit("mm");
        return image;
    }

    private static boolean isLeft(int[] p) {
        return p[0] >= 3 && p[0] < 8 && p[1] >= 3 && p[1] < 8 && p[3] >= 3 && p[3] < 7;
    }

    private static boolean isRight(int[] p) {
        return p[0] >= 15 && p[0] < 19 && p[1] >= 4 && p[1] < 8 && p[3] >= 3 && p[3] < 7;
    }

    /** The logit of a lesion, by its formula. */
    private static double logit(ImagePlus image, int x, int y, int z) {
        double sum = 0;
        for (int c = z - 1; c <= z + 1; c++) {
            for (int b = y - 1; b <= y + 1; b++) {
                for (int a = x - 1; a <= x + 1; a++) {
                    boolean in = a >= 0 && b >= 0 && c >= 0 && a < W && b < H && c < D;
                    sum += in ? image.getStack().getVoxel(a, b, c) : 0;
                }
            }
        }
        return 10 * sum / 27 - 4;
    }

    private AttributionTool tool(String target, String where, ImagePlus image) {
        return new AttributionTool(network).target(target).where(MapPart.named(where, image));
    }

    private Attribution explain(String method, String target, String where) {
        ImagePlus image = phantom();
        // A box lights all of itself, so that it must be small here.
        return tool(target, where, image)
                .method(method)
                .options(
                        method.equals("Occlusion")
                                ? Map.of("window", "3", "stride", "2")
                                : Map.of())
                .run(image, Progress.NONE)
                .attributions()
                .get(0);
    }

    @Test
    void labelsAndProbabilitiesLieOnTheImage() {
        ImagePlus image = phantom();
        SegmentTool.Result result = new SegmentTool(network).run(image, Progress.NONE);
        ImagePlus labels = result.labels().orElseThrow();
        for (int i = 0; i < W * H * D; i++) {
            int x = i % W;
            int y = i / W % H;
            int z = i / W / H;
            double logit = logit(image, x, y, z);
            assertEquals(logit > 0 ? 1 : 0, labels.getStack().getVoxel(x, y, z));
            double p = 1 / (1 + Math.exp(-logit));
            assertEquals(p, result.values().getStack().getVoxel(x, y, 2 * z + 1), 1e-5);
        }
        assertEquals(2, result.values().getNChannels());
        for (ImagePlus made : List.of(labels, result.values())) {
            assertEquals(3, made.getCalibration().pixelDepth);
            assertEquals("mm", made.getCalibration().getUnit());
            assertEquals("0 background, 1 lesions", made.getProp("segmentation.labels"));
        }
        // Background in one piece, and two lesions, the larger one first.
        assertEquals(3, result.table().size());
        assertEquals("lesions", result.table().getStringValue("Class", 1));
        double left = result.table().getValue("Voxels", 1);
        assertTrue(left > result.table().getValue("Voxels", 2));
        assertEquals(6 * left, result.table().getValue("Volume (mm^3)", 1), 1e-3);
        assertEquals(2 * 5.5, result.table().getValue("X", 1), 1e-9);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Gradient", "Integrated Gradients", "Guided Backprop", "LRP", "Occlusion"})
    void oneLesionDoesNotLightTheOther(String method) {
        for (String where :
                List.of("component 2", "component at 17, 5, 4", "component at 16 6 5")) {
            Attribution found = explain(method, "lesions", where);
            double right = 0;
            double all = 0;
            for (int i = 0; i < found.map().length(); i++) {
                double value = Math.abs(found.map().data()[i]);
                all += value;
                right += i % W >= 12 ? value : 0;
            }
            assertTrue(right >= 0.9 * all && all > 0, method + ": " + right / all);
            assertTrue(
                    found.findings().get("where").startsWith("mean inside component 2 of lesions"),
                    found.findings().get("where"));
        }
    }

    /** Component, selection, mask, label and voxel are means of the scores that Segment shows. */
    @Test
    void aPartsScoreIsTheMeanOfItsVoxels() {
        ImagePlus image = phantom();
        assertEquals(
                logit(image, 17, 5, 4), explain("Gradient", "lesions[17, 5, 4]", "").score(), 1e-4);
        ImagePlus labels = IJ.createImage("labels", W, H, D, 8);
        labels.getStack().setVoxel(5, 5, 4, 3);
        labels.getStack().setVoxel(6, 5, 4, 3);
        labels.getStack().setVoxel(17, 5, 4, 7);
        MapPart three = new MapPart.Inside(new RegionChoice.Labels(labels), "labels", 0);
        double mean = (logit(image, 5, 5, 4) + logit(image, 6, 5, 4)) / 2;
        Attribution found =
                new AttributionTool(network)
                        .method("Gradient")
                        .target("lesions")
                        .where(three)
                        .run(image, Progress.NONE)
                        .attributions()
                        .get(0);
        assertEquals(mean, found.score(), 1e-4);
        assertEquals("mean inside labels (2 voxels)", found.findings().get("where"));
        image.setRoi(new Roi(5, 5, 2, 1));
        double columns = 0;
        for (int z = 0; z < D; z++) {
            columns += logit(image, 5, 5, z) + logit(image, 6, 5, z);
        }
        Attribution sum =
                tool("lesions", "selection", image)
                        .pooling(MapPart.Pooling.SUM)
                        .method("Integrated Gradients")
                        .run(image, Progress.NONE)
                        .attributions()
                        .get(0);
        assertEquals(columns, sum.score(), 1e-3);
        assertTrue(sum.relativeCompletenessError().getAsDouble() < 0.01);
        image.setRoi(new PointRoi(17, 5));
        image.setSlice(5);
        assertEquals(
                explain("Gradient", "lesions", "component 2").score(),
                tool("predicted", "component at selection", image)
                        .method("Gradient")
                        .run(image, Progress.NONE)
                        .attributions()
                        .get(0)
                        .score(),
                1e-5);
    }

    /** What stands beside the map says what its scores are. */
    @Test
    void theLineSaysWhichPart() {
        ImagePlus image = phantom();
        AttributionTool.Result result =
                tool("lesions", "component 2", image)
                        .pooling(MapPart.Pooling.SUM)
                        .method("Gradient")
                        .run(image, Progress.NONE);
        String line = MapSummary.lines(result, network.spec()).get(0);
        assertTrue(line.contains("(sum inside component 2 of lesions"), line);
        assertFalse(line.contains("means over the map"), line);
    }

    @Test
    void sumEverywhereIsTheMeanTimesThePlaces() {
        ImagePlus image = phantom();
        Attribution mean = explain("Gradient", "lesions", "everywhere");
        Attribution sum =
                tool("lesions", "", image)
                        .pooling(MapPart.Pooling.SUM)
                        .method("Gradient")
                        .run(image, Progress.NONE)
                        .attributions()
                        .get(0);
        assertEquals(W * H * D * mean.score(), sum.score(), 1e-5 * Math.abs(sum.score()));
        assertEquals("sum everywhere", sum.findings().get("where"));
    }

    /** One pass for a target, however many voxels it has. */
    @Test
    void aPartTakesAsManyPassesAsAVoxel() {
        assertEquals(
                explain("Integrated Gradients", "lesions[5, 5, 5]", "").passes(),
                explain("Integrated Gradients", "lesions", "component 1").passes());
    }

    /** With channels for all classes, and said in the properties. */
    @Test
    void allClassesInAPart() {
        ImagePlus image = phantom();
        AttributionTool.Result result =
                tool("all", "component at 17, 5, 4", image)
                        .method("Gradient")
                        .run(image, Progress.NONE);
        assertEquals(2, result.image().getNChannels());
        assertTrue(result.image().getProp("attribution.where").contains("component 2 of lesions"));
        assertEquals(null, result.image().getProp("attribution.probabilities"));
    }

    /** The image is twice as fine as what the network is given. */
    @Test
    void aPartOfAResampledImage() throws IOException {
        Path folder = SegmentationTest.folder.resolve("small");
        float[] kernel = new float[54];
        kernel[2 * 13 + 1] = 1;
        Path model =
                new NetworkWriter(-1, D / 2, H / 2, W / 2, 1)
                        .conv3d(kernel, new float[2])
                        .writeMap(folder);
        ImagePlus image = phantom();
        try (Classifier small =
                Engines.open(model, ModelOptions.NONE.withLabels(List.of("no", "yes")))) {
            SegmentTool.Result shown = new SegmentTool(small).run(image, Progress.NONE);
            assertEquals(W, shown.values().getWidth());
            Attribution at =
                    new AttributionTool(small)
                            .method("Integrated Gradients")
                            .target("yes[9, 5, 4]")
                            .run(image, Progress.NONE)
                            .attributions()
                            .get(0);
            double p = shown.values().getStack().getVoxel(9, 5, 2 * 4 + 1);
            assertEquals(Math.log(p / (1 - p)), at.score(), 1e-4);
            assertTrue(Math.abs(at.completenessError().getAsDouble()) < 1e-5);
        }
    }

    /** A map of numbers, such as a displacement, has no labels. */
    @Test
    void numbersAreOfNoClass() {
        try (Classifier numbers =
                Engines.open(
                        folder.resolve("linear"),
                        ModelOptions.NONE.withHead(HeadKind.REGRESSION))) {
            SegmentTool.Result result = new SegmentTool(numbers).run(phantom(), Progress.NONE);
            assertTrue(result.labels().isEmpty());
            assertEquals(2, result.values().getNChannels());
            assertEquals(0, result.table().size());
        }
    }

    @Test
    void anImageHasNoProbabilityAndClassifySaysMeans() {
        Classification found = Classification.of(network, phantom()).get(0);
        assertEquals(0, found.probabilities().length);
        assertTrue(found.summary().endsWith("(means over the map)"), found.summary());
        assertEquals(Classification.of(whole, phantom()).get(0).logits()[1], found.logits()[1], 0);
    }

    @Test
    void badInputHasOneLineAndANextStep() {
        ImagePlus image = phantom();
        refused("where=component 3", "3 of lesions", "lesions", "component 3", image);
        refused("none of", "lesions", "lesions", "component at 1, 1, 1", image);
        refused("count from 0 to 23, 11, 9", "", "lesions[24, 0, 0]", "", image);
        refused("name the class", "", "predicted", "component 1", image);
        refused("names a place already", "", "lesions[1, 1, 1]", "component 1", image);
        ImagePlus small = IJ.createImage("small mask", 8, 8, 8, 8);
        refusedPart("use one of the same extents", inside(small), image);
        ImagePlus empty = IJ.createImage("empty mask", W, H, D, 8);
        refusedPart("marks no voxel", inside(empty), image);
        assertThrows(
                AttributionException.class,
                () -> MapPart.named("selection", image)); // there is none
        assertThrows(
                AttributionException.class, () -> MapPart.named("component at selection", image));
        assertThrows(AttributionException.class, () -> MapPart.Pooling.named("median"));
        String message =
                assertThrows(AttributionException.class, () -> new SegmentTool(whole)).getMessage();
        assertTrue(message.contains("Classify..."), message);
        message =
                assertThrows(
                                AttributionException.class,
                                () ->
                                        new AttributionTool(whole)
                                                .where(new MapPart.Numbered(1))
                                                .run(image, Progress.NONE))
                        .getMessage();
        assertTrue(message.contains("leave them out"), message);
    }

    private static MapPart inside(ImagePlus mask) {
        return new MapPart.Inside(new RegionChoice.Labels(mask), mask.getTitle(), -1);
    }

    private void refusedPart(String part, MapPart where, ImagePlus image) {
        String message =
                assertThrows(
                                AttributionException.class,
                                () ->
                                        new AttributionTool(network)
                                                .target("lesions")
                                                .where(where)
                                                .run(image, Progress.NONE))
                        .getMessage();
        assertEquals(1, message.lines().count());
        assertTrue(message.contains(part), message);
    }

    private void refused(String part, String other, String target, String where, ImagePlus image) {
        String message =
                assertThrows(
                                AttributionException.class,
                                () -> tool(target, where, image).run(image, Progress.NONE))
                        .getMessage();
        assertEquals(1, message.lines().count());
        boolean either = message.contains(part) || !other.isEmpty() && message.contains(other);
        assertTrue(either, message);
    }

    @Test
    void componentsTouchByCorners() {
        int[] labels = new int[27];
        labels[0] = 1; // 0, 0, 0
        labels[13] = 1; // 1, 1, 1
        labels[8] = 1; // 2, 2, 0 touches 1, 1, 1
        labels[18] = 2;
        Components ones = Components.of(labels, 1, 3, 3, 3);
        assertEquals(1, ones.count());
        assertEquals(3, ones.members().get(0).length);
        assertEquals(0, ones.at(1));
        assertEquals(1, Components.of(labels, 2, 3, 3, 3).at(18));
        assertEquals(0, Components.of(labels, 5, 3, 3, 3).count());
        assertEquals(23, Components.of(labels, 0, 3, 3, 3).members().get(0).length);
    }
}
