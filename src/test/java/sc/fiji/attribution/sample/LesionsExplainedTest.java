/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.Blitter;
import ij.process.ImageProcessor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/** On the sample brains, which the classifier never saw, the map shows the lesions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LesionsExplainedTest {

    private static final Path FOLDER = Path.of("sample-images");

    private static final List<String> LESIONS =
            List.of("brain-lesions-1", "brain-lesions-2", "brain-lesions-3");

    private Classifier classifier;

    @BeforeAll
    void open() {
        classifier = Engines.open(FOLDER.resolve("lesion-classifier"), ModelOptions.NONE);
    }

    @AfterAll
    void close() {
        classifier.close();
    }

    private static ImagePlus open(String name) {
        return ImageFile.open(FOLDER.resolve(name + ".tif").toString());
    }

    @Test
    void heldOutBrainsAreTold() {
        assertEquals(List.of("healthy", "lesions"), classifier.spec().labels());
        for (String name : List.of("brain-healthy-1", "brain-healthy-2")) {
            assertEquals("healthy", Classification.of(classifier, open(name)).get(0).predicted());
        }
        for (String name : LESIONS) {
            assertEquals("lesions", Classification.of(classifier, open(name)).get(0).predicted());
        }
    }

    @Test
    void evidenceLiesInTheLesions() {
        BaselineChoice twin = new BaselineChoice("images", 0, 1, List.of(open("brain-healthy-1")));
        double zero = meanRatio(BaselineChoice.ZERO, "50", LESIONS);
        double healthy = meanRatio(twin, "50", LESIONS.subList(0, 1));
        System.out.printf(
                "positive attribution in the lesions, mean ratio to chance: %.1f%n", zero);
        System.out.printf("against the healthy twin of brain 1: %.1f%n", healthy);
        assertTrue(zero >= 10, "ratio " + zero);
        assertTrue(healthy > 3 * zero, "ratio against the twin " + healthy);
    }

    private double meanRatio(BaselineChoice baseline, String steps, List<String> names) {
        double mean = 0;
        for (String name : names) {
            ImagePlus brain = open(name);
            ImagePlus map =
                    new AttributionTool(classifier)
                            .options(Map.of("steps", steps))
                            .target("lesions")
                            .baseline(baseline)
                            .run(brain, Progress.NONE)
                            .image();
            double ratio = ratio(map, brain, open(name + "-mask"));
            System.out.printf("%s, baseline %s: ratio %.1f%n", name, baseline.name(), ratio);
            mean += ratio / names.size();
        }
        return mean;
    }

    /**
     * The share of the positive attribution that lies in the mask dilated by one voxel, over the
     * share of the brain's voxels that lie there.
     */
    private static double ratio(ImagePlus map, ImagePlus brain, ImagePlus mask) {
        ImageStack dilated = dilate(mask.getStack());
        double in = 0;
        double all = 0;
        int dilatedVoxels = 0;
        int brainVoxels = 0;
        for (int z = 0; z < dilated.size(); z++) {
            ImageProcessor values = map.getStack().getProcessor(z + 1);
            ImageProcessor near = dilated.getProcessor(z + 1);
            int[] tissue = tissue(brain, z);
            for (int i = 0; i < tissue.length; i++) {
                double positive = Math.max(0, values.getf(i));
                all += positive;
                if (near.get(i) > 0) {
                    in += positive;
                    dilatedVoxels++;
                }
                // The brain is where the tissue probabilities add up to at least one half.
                brainVoxels += tissue[i] >= 128 ? 1 : 0;
            }
        }
        return in / all / ((double) dilatedVoxels / brainVoxels);
    }

    private static ImageStack dilate(ImageStack mask) {
        ImageStack dilated = new ImageStack(mask.getWidth(), mask.getHeight());
        for (int z = 1; z <= mask.size(); z++) {
            ImageProcessor slice = mask.getProcessor(z).duplicate();
            for (int near = Math.max(1, z - 1); near <= Math.min(mask.size(), z + 1); near++) {
                slice.copyBits(mask.getProcessor(near), 0, 0, Blitter.MAX);
            }
            slice.filter(ImageProcessor.MAX);
            dilated.addSlice(slice);
        }
        return dilated;
    }

    private static int[] tissue(ImagePlus brain, int z) {
        int[] sum = new int[brain.getWidth() * brain.getHeight()];
        for (int c = 1; c <= brain.getNChannels(); c++) {
            ImageProcessor slice = brain.getStack().getProcessor(brain.getStackIndex(c, z + 1, 1));
            for (int i = 0; i < sum.length; i++) {
                sum[i] += slice.get(i);
            }
        }
        return sum;
    }
}
