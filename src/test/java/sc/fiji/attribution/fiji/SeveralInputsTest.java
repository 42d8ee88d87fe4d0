/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.FloatProcessor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.file.JoinedImages;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.fiji.segmentation.SegmentTool;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/** Networks of several images against their framework's own figures ({@code make_inputs.py}). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SeveralInputsTest {

    private Map<String, Npy> figures;

    @BeforeAll
    void read() {
        figures = Npy.readAll(Resources.bundled("inputs").resolve("figures.npz"));
    }

    private static Classifier open(String name, String... others) {
        return Engines.open(
                Resources.bundled("inputs").resolve(name + ".onnx"),
                ModelOptions.NONE.withInputs(List.of(others)));
    }

    /** Of an array with batch and channel before space. */
    private ImagePlus image(String name) {
        Npy array = figures.get(name);
        int[] shape = array.shape();
        int width = shape[shape.length - 1];
        int height = shape[shape.length - 2];
        ImageStack stack = new ImageStack(width, height);
        for (int z = 0; z < array.floats().length / width / height; z++) {
            float[] plane = new float[width * height];
            System.arraycopy(array.floats(), z * plane.length, plane, 0, plane.length);
            stack.addSlice(null, new FloatProcessor(width, height, plane));
        }
        ImagePlus image = new ImagePlus(name, stack);
        image.setDimensions(1, stack.size(), 1);
        return image;
    }

    /** The image that {@code input} names, with the others by name. */
    private ImagePlus joined(
            Classifier classifier, String network, String first, Map<String, String> others) {
        return JoinedImages.of(
                classifier.spec(), image(network + "_" + first), others, this::image);
    }

    private static Map<String, String> others(String... pairs) {
        Map<String, String> others = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            others.put(pairs[i], pairs[i + 1]);
        }
        return others;
    }

    private static AttributionTool.Result run(
            Classifier classifier, String method, ImagePlus image, Map<String, String> options) {
        return new AttributionTool(classifier)
                .method(method)
                .options(options)
                .target("1")
                .run(image, Progress.NONE);
    }

    private void assertMap(String figure, ImagePlus map, int channel, double tolerance) {
        float[] expected = figures.get(figure).floats();
        List<float[]> planes = new ArrayList<>();
        for (int z = 1; z <= map.getNSlices(); z++) {
            int slice = map.getStackIndex(channel, z, 1);
            planes.add((float[]) map.getStack().getPixels(slice));
        }
        double largest = Maps.maxAbs(expected);
        int plane = planes.get(0).length;
        assertEquals(expected.length, plane * planes.size(), figure);
        for (int z = 0; z < planes.size(); z++) {
            float[] part = new float[plane];
            System.arraycopy(expected, z * plane, part, 0, plane);
            assertArrayEquals(part, planes.get(z), (float) (tolerance * largest), figure);
        }
    }

    /** What two images without a difference say, an empty pair says too: no wrong range. */
    @Test
    void likeImagesOfATwinNetworkAreNotDoubted() {
        try (Classifier classifier = open("siamese", "after")) {
            ImagePlus pair =
                    joined(classifier, "siamese", "before", others("after", "siamese_after"));
            AttributionTool.Result result = run(classifier, "Gradient", pair, Map.of());
            assertEquals(List.of(), result.warnings());
            assertMap("siamese_before_gradient", result.image(), 1, 1e-5);
            assertMap("siamese_after_gradient", result.image(), 2, 1e-5);
        }
    }

    /** A segmentation of two scans: predicted, and explained over both. */
    @Test
    void twoScansAreSegmented() {
        try (Classifier classifier = open("two_scans", "flair")) {
            ImagePlus both =
                    joined(classifier, "two_scans", "t1", others("flair", "two_scans_flair"));
            List<String> notes = new ArrayList<>();
            Progress progress =
                    new Progress() {
                        @Override
                        public void update(long done, long total, String what) {}

                        @Override
                        public void note(String line) {
                            notes.add(line);
                        }
                    };
            SegmentTool.Result segmented = new SegmentTool(classifier).run(both, progress);
            assertEquals(2, segmented.values().getNChannels());
            assertTrue(notes.get(0).startsWith("image 9×8×6, 2 channels"), "" + notes);
            AttributionTool.Result result = run(classifier, "Gradient", both, Map.of());
            assertMap("two_scans_t1_gradient", result.image(), 1, 1e-5);
            assertMap("two_scans_flair_gradient", result.image(), 2, 1e-5);
        }
    }

    /** Numbers beside an image are neither its channels nor of its range. */
    @Test
    void numbersAreNoPartOfTheImage() {
        ModelOptions held = ModelOptions.NONE.withInputs(List.of("age", "lab_value"));
        try (Classifier classifier =
                Engines.open(Resources.shared("models/generated/multi_input/saved_model"), held)) {
            ImagePlus scan = Specimens.image(32, 32, 32, 3, 1, 1, p -> p[0] / 31.0);
            ImagePlus joined =
                    JoinedImages.of(
                            classifier.spec(),
                            scan,
                            others("age", "410", "lab_value", "-7"),
                            this::image);
            String line = ModelInput.of(classifier.spec(), joined).summary();
            assertTrue(line.startsWith("image 32×32, 3 channels, 0…1 → model"), line);
            assertTrue(line.contains("age (1 number)"), line);
            assertFalse(line.contains("410"), line);
        }
    }
}
