/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.LearnedFeatureTool;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** The images found for the sample classifier excite it more than any of the sample brains. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LearnedFeaturesTest {

    private static final Path FOLDER = Path.of("sample-images");

    private static final List<String> BRAINS =
            List.of(
                    "brain-healthy-1",
                    "brain-healthy-2",
                    "brain-lesions-1",
                    "brain-lesions-2",
                    "brain-lesions-3");

    private Classifier classifier;

    @BeforeAll
    void open() {
        classifier = Engines.open(FOLDER.resolve("lesion-classifier"), ModelOptions.NONE);
    }

    @AfterAll
    void close() {
        classifier.close();
    }

    private static ImagePlus brain(String name) {
        return ImageFile.open(FOLDER.resolve(name + ".tif").toString());
    }

    private LearnedFeatureTool tool(String target) {
        return new LearnedFeatureTool(classifier)
                .target(target)
                .range("0,255")
                .options(Map.of("iterations", "16", "rate", "0.1", "jitter", "1"));
    }

    /** f of a brain, as every method reports it. */
    private double score(String target, ImagePlus image) {
        return new AttributionTool(classifier)
                .method("Gradient")
                .target(target)
                .run(image, Progress.NONE)
                .attributions()
                .get(0)
                .score();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lesions", "healthy", "block1[2]", "block4[11]"})
    void exceedsEverySampleBrain(String target) {
        LearnedFeatureTool.Result found = tool(target).run(Progress.NONE);
        double score = found.attribution().score();
        for (String name : BRAINS) {
            double other = score(target, brain(name));
            assertTrue(score > other, target + ": " + score + ", " + name + " " + other);
        }
        // The image says so when it is given back, whatever it was computed with.
        assertEquals(score, score(target, found.image()), 1e-3 * Math.abs(score));
        assertEquals("Activation Maximisation", found.image().getProp("attribution.method"));
        assertEquals(target, found.image().getProp("attribution.target"));
        // At the start, 16 times there and back, at the end and at its best.
        assertEquals("19", found.image().getProp("attribution.passes"));
        assertTrue(found.warnings().isEmpty(), "" + found.warnings());
    }

    /** Steps along the gradient itself may go too far. */
    @Test
    void aStepTooFarIsTakenBack() {
        Map<String, String> options =
                Map.of("iterations", "24", "rate", "0.1", "optimiser", "gradient");
        LearnedFeatureTool.Result found = tool("lesions").options(options).run(Progress.NONE);
        assertTrue(found.attribution().score() > 10, "" + found.attribution().score());
        assertTrue(found.warnings().isEmpty(), "" + found.warnings());
    }

    /** From a brain the image keeps its place, and grows what the class wants. */
    @Test
    void fromAHealthyBrain() {
        ImagePlus start = brain("brain-healthy-1");
        LearnedFeatureTool.Result found = tool("lesions").start(start).run(Progress.NONE);
        assertEquals(
                start.getCalibration().getX(10), found.image().getCalibration().getX(10), 1e-9);
        assertEquals("brain-healthy-1.tif", found.image().getProp("attribution.image"));
        double before = score("lesions", start);
        assertEquals(
                before,
                Double.parseDouble(found.attribution().findings().get("score.start")),
                1e-4);
        assertTrue(found.attribution().score() > before);
    }

    @Test
    void mistakesAreToldBeforeAnythingIsComputed() {
        assertRefused(tool("predicted"), "needs an image (start=)");
        assertRefused(tool(""), "target: say what to look for");
        assertRefused(tool("blck4[3]"), "near names: block4");
        assertRefused(tool("block4[99]"), "from 0 to 15 along channel");
        assertRefused(tool("lesions").size("10,10,10"), "size=10,10,10: model 'lesion-classifier'");
        assertRefused(tool("lesions").range("255,0"), "range=255,0: expected the smallest");
        assertRefused(tool("lesions").options(Map.of("iterations", "0")), "iterations=0: expected");
    }

    private static void assertRefused(LearnedFeatureTool tool, String message) {
        String told = assertThrows(AttributionException.class, tool::check).getMessage();
        assertTrue(told.contains(message), told);
        assertEquals(1, told.lines().count());
    }
}
