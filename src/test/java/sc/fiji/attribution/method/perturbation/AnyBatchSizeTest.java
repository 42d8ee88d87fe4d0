/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.IJ;
import ij.ImagePlus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.ClassifierAround;

/**
 * The same seed gives the same map whatever the batch size, for every method that draws sets or
 * masks, on the sample classifier. The images that it is shown are the same bit by bit and in the
 * same order; its scores of them may differ by float32, since a kernel may add in another order in
 * a larger batch: allowed is 1e-5 of the distance between the class logits.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnyBatchSizeTest {

    private static final Path SAMPLES = Path.of("sample-images");

    private static final double ALLOWED = 1e-5;

    /** Few, so that it takes seconds; with six regions there are 64 sets. */
    private static final Map<String, String> FEW =
            Map.of("coalitions", "13", "permutations", "3", "tolerance", "0", "masks", "13");

    private final List<Integer> shown = new ArrayList<>();
    private final Set<Integer> sizes = new HashSet<>();
    private Classifier network;
    private ImagePlus brain;
    private ImagePlus labels;

    @BeforeAll
    void open() {
        network = Engines.open(SAMPLES.resolve("lesion-classifier"), ModelOptions.NONE);
        brain = ImageFile.open(SAMPLES.resolve("brain-lesions-1.tif").toString());
        int w = brain.getWidth();
        int h = brain.getHeight();
        labels = IJ.createImage("regions", w, h, brain.getNSlices(), 8);
        for (int z = 0; z < brain.getNSlices(); z++) {
            for (int i = 0; i < w * h; i++) {
                int third = 3 * z / brain.getNSlices();
                int half = 2 * (i % w) / w;
                labels.getStack().getProcessor(z + 1).set(i, 1 + third + 3 * half);
            }
        }
    }

    @AfterAll
    void close() {
        network.close();
    }

    static Stream<String> random() {
        return AttributionMethods.all().stream()
                .filter(method -> method instanceof ScoresOnly)
                .map(method -> method.declaration())
                .filter(method -> method.options().contains(Declaration.SEED))
                .map(Declaration::name);
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("random")
    void sameMap(String method) {
        Attribution one = run(method, "1", "4");
        List<Integer> images = List.copyOf(shown);
        assertTrue(images.size() >= 13, images.size() + " images");
        float[] logits = one.classLogits();
        double range = Math.abs(logits[0] - logits[1]);
        for (String batch : List.of("3", "8", "0")) {
            Attribution other = run(method, batch, "4");
            assertEquals(images, shown, "images at batch " + batch);
            assertTrue(batch.equals("0") || sizes.contains(Integer.parseInt(batch)), "" + sizes);
            double most = 0;
            for (int i = 0; i < one.map().length(); i++) {
                most = Math.max(most, Math.abs(one.map().data()[i] - other.map().data()[i]));
            }
            System.out.printf(
                    "%s, batch %s: differs by %.1e of the logits' range%n",
                    method, batch, most / range);
            assertTrue(most <= ALLOWED * range, "batch " + batch + ": " + most / range);
        }
        assertEquals("4", one.options().get("seed"));
        run(method, "8", "5");
        assertEquals(images.size(), shown.size());
        assertNotEquals(images, shown, "another seed");
    }

    private Attribution run(String method, String batch, String seed) {
        shown.clear();
        sizes.clear();
        Declaration declaration = AttributionMethods.named(method).declaration();
        Map<String, String> options = new HashMap<>(Map.of("batch", batch, "seed", seed));
        declaration.options().stream()
                .filter(option -> FEW.containsKey(option.key()))
                .forEach(option -> options.put(option.key(), FEW.get(option.key())));
        AttributionTool tool =
                new AttributionTool(new Watched(network, shown, sizes))
                        .method(method)
                        .options(options)
                        .baseline(BaselineChoice.ZERO)
                        .target("lesions");
        if (declaration.usesRegions()) {
            tool.regions(new RegionChoice.Labels(labels));
        }
        return tool.run(brain, Progress.NONE).attributions().get(0);
    }

    /**
     * Writes down what it is shown.
     *
     * @param shown a hash of each image's bits
     * @param sizes of the batches
     */
    private record Watched(Classifier network, List<Integer> shown, Set<Integer> sizes)
            implements ClassifierAround {
        @Override
        public float[][] logits(Tensor batch) {
            int n = batch.size('b');
            int length = batch.length() / n;
            sizes.add(n);
            for (int i = 0; i < n; i++) {
                int image = Arrays.hashCode(copy(batch, i * length, length));
                // To see how long it takes, the image itself may be shown some more times.
                if (shown.size() != 1 || shown.get(0) != image) {
                    shown.add(image);
                }
            }
            return network.logits(batch);
        }

        private static float[] copy(Tensor batch, int from, int length) {
            return Arrays.copyOfRange(batch.data(), from, from + length);
        }
    }
}
