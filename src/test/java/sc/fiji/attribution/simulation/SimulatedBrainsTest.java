/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.ImageProcessor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * On the sample brains, which the classifier never saw, the map shows the lesions. The recommended
 * way: Integrated Gradients, the default method, from the mean healthy brain.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimulatedBrainsTest {

    private static final Path FOLDER = Path.of("sample-images/simulated");

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
        BaselineChoice twin = from("brain-healthy-1");
        double reference = meanRatio(from("brain-reference"), LESIONS);
        double zero = meanRatio(BaselineChoice.ZERO, LESIONS);
        double healthy = meanRatio(twin, LESIONS.subList(0, 1));
        System.out.printf(
                "positive attribution in the lesions, mean ratio to chance: %.1f from the mean"
                        + " healthy brain, %.1f from black, %.1f from the twin%n",
                reference, zero, healthy);
        assertTrue(reference >= 10, "ratio " + reference);
        assertTrue(healthy >= 10, "ratio from the twin " + healthy);
    }

    /** Most of what the map adds up to lies in the lesions themselves, no voxel around them. */
    @Test
    void theNetEvidenceLiesInTheLesions() {
        for (String name : LESIONS) {
            ImagePlus map = map("lesions", from("brain-reference"), open(name));
            ImagePlus mask = open(name + "-mask");
            double in = 0;
            double all = 0;
            for (int z = 1; z <= mask.getNSlices(); z++) {
                for (int i = 0; i < mask.getWidth() * mask.getHeight(); i++) {
                    double value = map.getStack().getProcessor(z).getf(i);
                    all += value;
                    in += mask.getStack().getProcessor(z).get(i) > 0 ? value : 0;
                }
            }
            System.out.printf("%s: net share in the lesions %.2f%n", name, in / all);
            assertTrue(in > 0 && all > 0 && in / all > 0.3, name + ": " + in + " of " + all);
        }
    }

    /** What argues for healthy in a healthy brain is shown, and what little argues against it. */
    @Test
    void healthyBrainsHaveMapsToo() {
        for (String name : List.of("brain-healthy-1", "brain-healthy-2")) {
            for (String target : List.of("healthy", "lesions")) {
                ImagePlus map = map(target, from("brain-reference"), open(name));
                double most = 0;
                for (int z = 1; z <= map.getNSlices(); z++) {
                    ImageProcessor slice = map.getStack().getProcessor(z);
                    most = Math.max(most, Math.max(slice.getMax(), -slice.getMin()));
                }
                assertTrue(most > 1e-6, name + ", " + target + ": " + most);
            }
        }
    }

    /**
     * Each class has evidence of its own: the logit of `lesions` grows with the mean of the lesion
     * feature alone, that of `healthy` with the mean of intact white matter alone.
     */
    @Test
    void eachClassHasItsOwnEvidence() {
        float[] none = logits(0, 0);
        float[] lesion = logits(0.01f, 0);
        float[] intact = logits(0, 0.01f);
        assertTrue(lesion[1] > none[1] && intact[0] > none[0]);
        assertEquals(none[0], lesion[0], 1e-6);
        assertEquals(none[1], intact[1], 1e-6);
    }

    /** Both logits, from the mean evidence on. */
    private float[] logits(float lesion, float intact) {
        Tensor mean = Tensor.rows(Axes.ROWS, new float[][] {{lesion, intact}});
        return classifier
                .layers()
                .orElseThrow()
                .run(Pass.forward().from("mean"), Layers.Feed.activations(mean))
                .logits()[0];
    }

    private static BaselineChoice from(String name) {
        return new BaselineChoice("images", 0, 1, List.of(open(name)));
    }

    private ImagePlus map(String target, BaselineChoice baseline, ImagePlus brain) {
        return new AttributionTool(classifier)
                .options(Map.of("steps", "30"))
                .target(target)
                .baseline(baseline)
                .run(brain, Progress.NONE)
                .image();
    }

    private double meanRatio(BaselineChoice baseline, List<String> names) {
        double mean = 0;
        for (String name : names) {
            ImagePlus brain = open(name);
            ImagePlus map = map("lesions", baseline, brain);
            mean += ratio(map, brain, open(name + "-mask")) / names.size();
        }
        return mean;
    }

    /**
     * The share of the positive attribution that lies in the mask, over the share of the brain's
     * voxels that lie there.
     */
    private static double ratio(ImagePlus map, ImagePlus brain, ImagePlus mask) {
        ImageStack lesion = mask.getStack();
        double in = 0;
        double all = 0;
        int lesionVoxels = 0;
        int brainVoxels = 0;
        for (int z = 0; z < lesion.size(); z++) {
            ImageProcessor values = map.getStack().getProcessor(z + 1);
            ImageProcessor inside = lesion.getProcessor(z + 1);
            int[] tissue = tissue(brain, z);
            for (int i = 0; i < tissue.length; i++) {
                double positive = Math.max(0, values.getf(i));
                all += positive;
                if (inside.get(i) > 0) {
                    in += positive;
                    lesionVoxels++;
                }
                // The brain is where the tissue probabilities add up to at least one half.
                brainVoxels += tissue[i] >= 128 ? 1 : 0;
            }
        }
        return in / all / ((double) lesionVoxels / brainVoxels);
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
