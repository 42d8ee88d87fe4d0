/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.ImageProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
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
@Tag("long")
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
        double reference = meanRatio(from("brain-reference"), LESIONS);
        double zero = meanRatio(BaselineChoice.ZERO, LESIONS);
        double twin = meanRatio(from("brain-healthy-1"), LESIONS.subList(0, 1));
        System.out.printf(
                "positive attribution in the lesions, mean ratio to chance: %.1f from the mean"
                        + " healthy brain, %.1f from black, %.1f from the twin%n",
                reference, zero, twin);
        assertTrue(reference >= 10, "ratio " + reference);
        assertTrue(twin >= 10, "ratio from the twin " + twin);
    }

    /**
     * What the README says of each brain: the shares of what argues for lesions, of what argues
     * against, and of the sum that lie in the lesions themselves, no voxel around them; and how
     * many times the first is their share of the brain.
     */
    @Test
    void theSharesAreThoseOfTheReadme() throws IOException {
        String readme = Files.readString(FOLDER.resolve("README.md"));
        for (String name : LESIONS) {
            Shares found = shares(map("lesions", from("brain-reference"), name), name);
            System.out.println(name + ": " + found);
            Matcher row = Pattern.compile("\\| `" + name + "` \\|.*").matcher(readme);
            assertTrue(row.find(), name);
            double[] said =
                    Pattern.compile("[0-9.]+(?= \\|| %)")
                            .matcher(row.group().substring(name.length() + 6))
                            .results()
                            .mapToDouble(number -> Double.parseDouble(number.group()))
                            .toArray();
            assertEquals(said[1], found.positive(), 0.2, name);
            assertEquals(said[2], found.negative(), 0.2, name);
            assertEquals(said[3], found.net(), 2, name);
            assertEquals(said[4], found.ratio(), 0.5, name);
            assertTrue(found.net() > 0 && found.ratio() > 10, name);
        }
    }

    /** What argues for healthy in a healthy brain is shown, and what little argues against it. */
    @Test
    void healthyBrainsHaveMapsToo() {
        for (String name : List.of("brain-healthy-1", "brain-healthy-2")) {
            for (String target : List.of("healthy", "lesions")) {
                ImagePlus map = map(target, from("brain-reference"), name);
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

    private ImagePlus map(String target, BaselineChoice baseline, String brain) {
        return new AttributionTool(classifier)
                .target(target)
                .baseline(baseline)
                .run(open(brain), Progress.NONE)
                .image();
    }

    private double meanRatio(BaselineChoice baseline, List<String> names) {
        double mean = 0;
        for (String name : names) {
            mean += shares(map("lesions", baseline, name), name).ratio() / names.size();
        }
        return mean;
    }

    /**
     * @param positive per cent of what argues for the class that lies in the lesions
     * @param negative per cent of what argues against it
     * @param net per cent of the sum
     * @param ratio of the first to the lesions' share of the brain
     */
    private record Shares(double positive, double negative, double net, double ratio) {}

    private static Shares shares(ImagePlus map, String name) {
        ImagePlus brain = open(name);
        ImageStack lesion = open(name + "-mask").getStack();
        double[] positive = new double[2];
        double[] negative = new double[2];
        int[] voxels = new int[2];
        for (int z = 0; z < lesion.size(); z++) {
            ImageProcessor values = map.getStack().getProcessor(z + 1);
            int[] tissue = tissue(brain, z);
            for (int i = 0; i < tissue.length; i++) {
                int where = lesion.getProcessor(z + 1).get(i) > 0 ? 1 : 0;
                positive[where] += Math.max(0, values.getf(i));
                negative[where] += Math.min(0, values.getf(i));
                // The brain is where the tissue probabilities add up to at least one half.
                voxels[where] += where == 1 || tissue[i] >= 128 ? 1 : 0;
            }
        }
        double share = positive[1] / (positive[0] + positive[1]);
        double all = positive[0] + positive[1] + negative[0] + negative[1];
        double chance = (double) voxels[1] / (voxels[0] + voxels[1]);
        return new Shares(
                100 * share,
                100 * negative[1] / (negative[0] + negative[1]),
                100 * (positive[1] + negative[1]) / all,
                share / chance);
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
