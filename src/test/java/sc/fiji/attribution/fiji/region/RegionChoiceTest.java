/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.gui.Roi;
import ij.measure.Calibration;
import ij.measure.ResultsTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.RegionScore;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.Specimens;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** Regions from label images, selections and supervoxels, onto a model's coarser grid. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegionChoiceTest {

    private static final int Z = 4;
    private static final int Y = 6;
    private static final int X = 8;

    @TempDir static Path folder;

    /** The model sees every second voxel along x. */
    private final ImagePlus image =
            Specimens.image(32, 2 * X, Y, 1, Z, 1, p -> 1 + p[0] % 5 + p[1] + p[3]);

    private final float[] weights = new float[Z * Y * X * 2];
    private Classifier linear;

    @BeforeAll
    void open() throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        NetworkWriter network = new NetworkWriter(-1, Z, Y, X, 1).flatten().dense(weights, 2);
        linear = Engines.open(network.write(folder.resolve("linear")), ModelOptions.NONE);
        Calibration calibration = image.getCalibration();
        calibration.pixelWidth = 0.5;
        calibration.pixelHeight = 1;
        calibration.pixelDepth = 2;
        calibration.setUnit("mm");
    }

    @AfterAll
    void close() {
        linear.close();
    }

    private AttributionTool tool(String method, Map<String, String> options) {
        return new AttributionTool(linear).method(method).options(options).target("0");
    }

    private double sum(Tensor seen, int z0, int z1, int y0, int y1, int x0, int x1) {
        double sum = 0;
        for (int z = z0; z < z1; z++) {
            for (int y = y0; y < y1; y++) {
                for (int x = x0; x < x1; x++) {
                    int i = (z * Y + y) * X + x;
                    sum += weights[2 * i] * seen.data()[i];
                }
            }
        }
        return sum;
    }

    private Tensor seen() {
        return ModelInput.of(linear.spec(), image).tensor(0);
    }

    @Test
    void labelImage() {
        ImagePlus labels = Specimens.image(16, 2 * X, Y, 1, Z, 1, p -> p[3] < 2 ? 7 : p[3] * 100);
        AttributionTool.Result result =
                tool("Shapley Values", Map.of())
                        .regions(new RegionChoice.Labels(labels))
                        .run(image, Progress.NONE);
        List<RegionScore> found = result.attributions().get(0).regions();
        assertEquals(
                List.of("label 7", "label 200", "label 300"),
                found.stream().map(RegionScore::region).toList());
        assertEquals(sum(seen(), 0, 2, 0, Y, 0, X), found.get(0).value(), 1e-3);
        assertEquals(sum(seen(), 3, 4, 0, Y, 0, X), found.get(2).value(), 1e-3);
        assertEquals(Y * X, found.get(2).voxels());
        // The map holds each region's value, whatever the image's voxels.
        float[] slice = (float[]) result.image().getStack().getPixels(1);
        assertEquals(found.get(0).value(), slice[5], 1e-4);
        assertEquals("specimen", result.image().getProp("attribution.regions"));
        String gap = result.image().getProp("attribution.efficiency.gap");
        assertEquals(0, Double.parseDouble(gap), 1e-4);
    }

    @Test
    void selectionsInOneSliceOrAll() {
        Roi everywhere = new Roi(0, 0, 4, Y);
        everywhere.setName("left");
        Roi inSlice = new Roi(4, 1, 6, 2);
        inSlice.setPosition(3);
        AttributionTool.Result result =
                tool("Feature Ablation", Map.of())
                        .regions(new RegionChoice.Rois(List.of(everywhere, inSlice), "two"))
                        .run(image, Progress.NONE);
        List<RegionScore> found = result.attributions().get(0).regions();
        assertEquals("left", found.get(0).region());
        assertEquals("ROI 2", found.get(1).region());
        assertEquals(sum(seen(), 0, Z, 0, Y, 0, 2), found.get(0).value(), 1e-3);
        assertEquals(sum(seen(), 2, 3, 1, 3, 2, 5), found.get(1).value(), 1e-3);
        ResultsTable table =
                RegionTable.of(result.image().getTitle(), result.attributions(), result.perFrame());
        assertEquals(2, table.size());
        assertEquals("left", table.getStringValue("Region", 0));
        assertEquals(found.get(1).value(), table.getValue("Value", 1), 1e-9);
    }

    /** The same box in voxels of the image and in its unit; inside a selection. */
    @ParameterizedTest
    @CsvSource({"'8,3,2'", "'4,3,4 mm'"})
    void occlusionOnTheImagesGrid(String window) {
        image.setRoi(0, 0, 8, 3);
        AttributionTool.Result result =
                tool("Occlusion", Map.of("window", window, "stride", window))
                        .inside(RegionChoice.named("selection", "inside", image))
                        .run(image, Progress.NONE);
        Attribution found = result.attributions().get(0);
        image.deleteRoi();
        assertEquals("2", found.findings().get("boxes"));
        assertEquals(sum(seen(), 0, 2, 0, 3, 0, 4), found.map().data()[0], 1e-3);
        assertEquals(0, found.map().data()[4]);
        float[] slice = (float[]) result.image().getStack().getPixels(1);
        assertEquals(found.map().data()[0], slice[3], 1e-4);
        assertEquals("selection", result.image().getProp("attribution.inside"));
        assertEquals("2", result.image().getProp("attribution.boxes"));
    }

    @Test
    void regionsThatTheModelsGridLosesAreReported() {
        // Every second column: the model's voxels have their centres on the odd ones.
        ImagePlus labels = Specimens.image(8, 2 * X, Y, 1, Z, 1, p -> p[0] == 4 ? 9 : p[0] / 8 + 1);
        AttributionTool.Result result =
                tool("Feature Ablation", Map.of())
                        .regions(new RegionChoice.Labels(labels))
                        .run(image, Progress.NONE);
        assertEquals(2, result.attributions().get(0).regions().size());
        assertEquals(
                1,
                result.warnings().stream()
                        .filter(line -> line.contains("'label 9' of specimen is left out"))
                        .count(),
                result.warnings().toString());
    }

    /** A size in mm is the same length along each axis, whatever the voxels. */
    @Test
    void supervoxelsInCalibratedUnits() {
        AttributionTool.Result result =
                tool("Feature Ablation", Map.of())
                        .regions(RegionChoice.named("supervoxels 4 mm", "regions", image))
                        .run(image, Progress.NONE);
        // 8 mm, 6 mm and 8 mm long; regions of 4 mm, 3 mm and 4 mm would be 2 × 2 × 2.
        int count = result.attributions().get(0).regions().size();
        assertTrue(count >= 4 && count <= 16, count + " regions");
        int voxels =
                result.attributions().get(0).regions().stream().mapToInt(RegionScore::voxels).sum();
        assertEquals(X * Y * Z, voxels);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Occlusion | window=9,3,9 stride=1 | window=9,3,9: that is 9 voxels along z",
                "Occlusion | stride=0 | stride=0: expected positive lengths",
                "Occlusion | window=4 cm | the image is calibrated in mm",
                "Occlusion | window=4,4 | one for each of the image's 3 axes",
                "Occlusion | window=2 stride=4 | leaves voxels out",
                "Occlusion | window=2 stride=2 groups=2 | of the image's 1 channels",
                "Occlusion | window=2 stride=2 limit=10 | limit=10: Occlusion would take",
                "Shapley Values | | regions: this method needs some",
                "KernelSHAP | coalitions=1 | coalitions=1: expected a whole number from 2",
                "LIME | kernel=gauss | kernel=gauss: expected one of cosine, share, none",
                "RISE | probability=0 | probability=0: expected a number from 0.01",
                "RISE | limit=100 | limit=100: RISE would take 4001 passes"
            })
    void badOptions(String method, String options, String words) {
        Map<String, String> texts = new HashMap<>();
        for (String option : options == null ? new String[0] : options.split(" (?=[a-z]+=)")) {
            texts.put(option.split("=")[0], option.split("=")[1]);
        }
        List<String> updates = new ArrayList<>();
        AttributionTool tool = tool(method, texts);
        AttributionException e =
                assertThrows(
                        AttributionException.class,
                        () -> tool.run(image, (done, total, what) -> updates.add(what)));
        assertTrue(e.getMessage().contains(words), e.getMessage());
        assertFalse(e.getMessage().contains("\n"));
        assertEquals(List.of(), updates);
    }

    @Test
    void badRegions() {
        ImagePlus small = Specimens.image(8, X, Y, 1, Z, 1, p -> 1);
        refuse("Shapley Values", small, "is 8x6x4, and image 'specimen' is 16x6x4");
        ImagePlus half = Specimens.image(32, 2 * X, Y, 1, Z, 1, p -> 0.5);
        refuse("Shapley Values", half, "holds 0.5: labels are whole numbers");
        ImagePlus none = Specimens.image(8, 2 * X, Y, 1, Z, 1, p -> 0);
        refuse("Shapley Values", none, "marks no voxel");
        ImagePlus many = Specimens.image(8, 2 * X, Y, 1, Z, 1, p -> p[0] / 2 + 1 + 8 * (p[1] % 3));
        refuse("Shapley Values", many, "at most 16 regions, and there are 24");
        refuse("Occlusion", many, "Occlusion does not use regions");
        for (String text : List.of("roi manager", "selection", "supervoxels x", "nowhere.tif")) {
            assertThrows(
                    AttributionException.class, () -> RegionChoice.named(text, "regions", image));
        }
        AttributionException e =
                assertThrows(
                        AttributionException.class,
                        () ->
                                tool("Gradient", Map.of())
                                        .inside(new RegionChoice.Labels(many))
                                        .run(image, Progress.NONE));
        assertTrue(e.getMessage().contains("Gradient looks at the whole image"), e.getMessage());
    }

    private void refuse(String method, ImagePlus labels, String words) {
        AttributionException e =
                assertThrows(
                        AttributionException.class,
                        () ->
                                tool(method, Map.of())
                                        .regions(new RegionChoice.Labels(labels))
                                        .run(image, Progress.NONE));
        assertTrue(e.getMessage().contains(words), e.getMessage());
    }

    @Test
    void otherBaselines() {
        for (String name : List.of("localmean", "noise", "mean", "blurred")) {
            AttributionTool.Result result =
                    tool("Occlusion", Map.of("window", "4,2,2", "stride", "4,2,2"))
                            .baseline(new BaselineChoice(name, 0, 1, List.of()))
                            .run(image, Progress.NONE);
            String recorded = result.image().getProp("attribution.baseline");
            assertTrue(recorded.startsWith(name.substring(0, 4)), recorded);
        }
    }
}
