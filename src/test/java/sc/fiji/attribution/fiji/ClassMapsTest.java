/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.map.MapImage;
import sc.fiji.attribution.fiji.map.Provenance;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.fiji.region.RegionTable;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.CountingClassifier;

/** The image that {@code target=all} gives: a channel for each class, whatever was measured. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClassMapsTest {

    private static final List<String> LABELS = List.of("healthy", "ill", "unclear");
    private static final int SLICES = 4;
    private static final int FRAMES = 2;

    @TempDir static Path folder;

    private Classifier classifier;

    @BeforeAll
    void open() throws IOException {
        Path model =
                new NetworkWriter(-1, SLICES, 7, 8, 2)
                        .conv3d(3)
                        .op("Softplus")
                        .globalMean()
                        .dense(LABELS.size())
                        .op("Softmax")
                        .write(folder.resolve("model"));
        ModelOptions options = ModelOptions.NONE.withLabels(LABELS);
        classifier = Engines.open(model, options);
    }

    @AfterAll
    void close() {
        classifier.close();
    }

    private static ImagePlus image(int frames) {
        ImagePlus image =
                Specimens.image(
                        32,
                        8,
                        7,
                        2,
                        SLICES,
                        frames,
                        p -> (31 * p[0] + 17 * p[1] + 7 * p[2] + 5 * p[3]) % 23 * (1 + p[4]));
        image.setTitle("cells.tif");
        return image;
    }

    private AttributionTool tool(String method, String target) {
        return new AttributionTool(classifier).method(method).target(target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Gradient", "Integrated Gradients", "DeepLIFT", "Grad-CAM", "RISE"})
    void aChannelForEachClassAndAFrameForEachFrame(String method) throws IOException {
        ImagePlus image = image(FRAMES);
        AttributionTool.Result all = tool(method, "all").run(image, Progress.NONE);
        ImagePlus maps = all.image();
        int[] dimensions = {8, 7, LABELS.size(), SLICES, FRAMES};
        assertArrayEquals(dimensions, maps.getDimensions());
        assertTrue(maps.isHyperStack());
        assertEquals(LABELS.size() * FRAMES, all.attributions().size());
        assertEquals(method + " for all classes in cells.tif", maps.getTitle());
        double most = 0;
        for (int k = 0; k < LABELS.size(); k++) {
            AttributionTool.Result one = tool(method, LABELS.get(k)).run(image, Progress.NONE);
            ImagePlus map = one.image();
            most = Math.max(most, map.getDisplayRangeMax());
            for (int t = 1; t <= FRAMES; t++) {
                for (int z = 1; z <= SLICES; z++) {
                    int at = maps.getStackIndex(k + 1, z, t);
                    assertArrayEquals(
                            (float[]) map.getStack().getPixels(map.getStackIndex(1, z, t)),
                            (float[]) maps.getStack().getPixels(at),
                            (float) (1e-6 * map.getDisplayRangeMax()));
                    String label = maps.getStack().getSliceLabel(at);
                    assertTrue(label.startsWith(LABELS.get(k)), label);
                }
                maps.setPosition(k + 1, 1, t);
                map.setPosition(1, 1, t);
                for (String key : List.of("score", "passes", "completeness.error")) {
                    assertEquals(
                            Provenance.number(map, key), Provenance.number(maps, key), 1e-5, key);
                }
            }
        }
        // One range for all, so that colours can be compared.
        assertEquals(most, maps.getDisplayRangeMax(), 1e-6 * most);
        assertEquals(-maps.getDisplayRangeMax(), maps.getDisplayRangeMin());
    }

    @Test
    void theRecordSurvivesSaving() throws IOException {
        Path path = folder.resolve("all.tif");
        AttributionTool.Result all =
                tool("Integrated Gradients", "all").run(image(FRAMES), Progress.NONE);
        ImageFile.save(all.image(), path.toString());
        ImagePlus saved = ImageFile.open(path.toString());
        assertEquals("all", saved.getProp("attribution.target"));
        assertEquals("healthy; ill; unclear", saved.getProp("attribution.classes"));
        assertEquals(FRAMES, saved.getProp("attribution.logits").split("; ").length);
        assertEquals("" + all.passes(), saved.getProp("attribution.passes.all"));
        assertEquals(
                "ill", saved.getStack().getSliceLabel(saved.getStackIndex(2, 1, 1)).split(":")[0]);
        for (int i = 0; i < all.attributions().size(); i++) {
            Attribution attribution = all.attributions().get(i);
            saved.setPosition(i % LABELS.size() + 1, 2, i / LABELS.size() + 1);
            assertEquals(
                    attribution.completenessError().getAsDouble(),
                    Provenance.number(saved, "completeness.error"),
                    1e-8);
        }
        // Again, by what it says.
        ImagePlus again =
                tool(saved.getProp("attribution.method"), saved.getProp("attribution.target"))
                        .run(image(FRAMES), Progress.NONE)
                        .image();
        for (int i = 1; i <= saved.getStackSize(); i++) {
            assertArrayEquals(
                    (float[]) saved.getStack().getPixels(i),
                    (float[]) again.getStack().getPixels(i));
        }
    }

    @Test
    void theTableHasARowForEachRegionOfEachClass() {
        ImagePlus regions =
                Specimens.image(16, 8, 7, 1, SLICES, 1, p -> p[3] < 2 ? 1 : 2 + p[0] / 4);
        AttributionTool.Result all =
                tool("Shapley Values", "all")
                        .regions(new RegionChoice.Labels(regions))
                        .run(image(FRAMES), Progress.NONE);
        ResultsTable table =
                RegionTable.of(all.image().getTitle(), all.attributions(), all.perFrame());
        int each = all.attributions().get(0).regions().size();
        assertEquals(3, each);
        assertEquals(each * LABELS.size() * FRAMES, table.size());
        int row = each * (LABELS.size() + 2) + 1;
        assertEquals("unclear", table.getStringValue("Class", row));
        assertEquals(2, table.getValue("Frame", row));
        Attribution found = all.attributions().get(LABELS.size() + 2);
        assertEquals(found.regions().get(1).value(), table.getValue("Value", row), 1e-9);
        // The scores of a frame serve all its classes.
        assertEquals(found.passes() * FRAMES, all.passes());
    }

    @Test
    void channelsOfTheImageCannotBeKeptToo() {
        CountingClassifier counting = new CountingClassifier(classifier);
        AttributionTool tool =
                new AttributionTool(counting).target("all").channels(MapImage.Channels.KEEP);
        String message =
                assertThrows(OptionException.class, () -> tool.run(image(1), Progress.NONE))
                        .getMessage();
        assertTrue(message.startsWith("channels=keep: with target=all"), message);
        assertEquals(0, counting.calls());
    }

    /** Elsewhere a target is one number. */
    @Test
    void isNoTargetOfItsOwn() {
        assertThrows(OptionException.class, () -> Score.target(classifier, "all"));
    }
}
