/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.attribution.fiji.input.ImageViewTest.assertMessage;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.file.JoinedImages;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.fiji.segmentation.SegmentTool;
import sc.fiji.attribution.method.AttributionMethods;
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
        return Specimens.of(figures.get(name), name);
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

    /** A plane, a volume and two numbers: each has its own map, on its own grid, or its values. */
    @ParameterizedTest
    @CsvSource({"slice, volume", "volume, slice"})
    void aPlaneAndAVolume(String first, String second) {
        try (Classifier classifier = open("slice_and_volume", second, "clinic")) {
            ImagePlus all =
                    joined(
                            classifier,
                            "slice_and_volume",
                            first,
                            others(second, "slice_and_volume_" + second, "clinic", "0.7 -1.2"));
            for (String[] each :
                    new String[][] {{"Gradient", "gradient"}, {"Integrated Gradients", "ig"}}) {
                AttributionTool.Result result =
                        run(
                                classifier,
                                each[0],
                                all,
                                each[1].equals("ig") ? Map.of("steps", "64") : Map.of());
                Attribution found = result.attributions().get(0);
                assertEquals(
                        figures.get("slice_and_volume_score").values()[0], found.score(), 1e-5);
                ImagePlus of = result.others().get(second);
                assertMap("slice_and_volume_" + first + "_" + each[1], result.image(), 1, 1e-5);
                assertMap("slice_and_volume_" + second + "_" + each[1], of, 1, 1e-5);
                float[] numbers = figures.get("slice_and_volume_clinic_" + each[1]).floats();
                double sum = Specimens.sum(result.image()) + Specimens.sum(of);
                for (int k = 0; k < 2; k++) {
                    assertEquals(numbers[k], found.regions().get(k).value(), 1e-5);
                    sum += found.regions().get(k).value();
                }
                if (each[1].equals("ig")) {
                    double difference = found.score() - found.baselineScore().orElseThrow();
                    assertEquals(difference, sum, 1e-4 * Math.abs(difference));
                }
            }
        }
    }

    /** The same volume at two sizes, by every method that gives amounts or looks at one image. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Input x Gradient",
                "SmoothGrad",
                "Expected Gradients",
                "Guided Backprop",
                "LRP",
                "DeepLIFT",
                "Occlusion"
            })
    void twoVolumesOfTheirOwnSizes(String method) {
        try (Classifier classifier = open("fine_and_coarse", "coarse")) {
            ImagePlus both =
                    joined(
                            classifier,
                            "fine_and_coarse",
                            "fine",
                            others("coarse", "fine_and_coarse_coarse"));
            Map<String, String> options =
                    switch (method) {
                        case "Occlusion" -> Map.of("groups", "each", "window", "2", "stride", "2");
                        case "SmoothGrad", "Expected Gradients" -> Map.of("samples", "4");
                        default -> Map.of();
                    };
            AttributionTool.Result result = run(classifier, method, both, options);
            ImagePlus coarse = result.others().get("coarse");
            assertEquals(5, coarse.getWidth());
            assertEquals(3, coarse.getNSlices());
            assertEquals(10, result.image().getWidth());
            assertTrue(Specimens.sum(coarse) != 0 && Specimens.sum(result.image()) != 0, method);
            if (method.equals("Input x Gradient")) {
                double expected = 0;
                float[] gradient = figures.get("fine_and_coarse_coarse_gradient").floats();
                float[] image = figures.get("fine_and_coarse_coarse").floats();
                for (int i = 0; i < image.length; i++) {
                    expected += image[i] * gradient[i];
                }
                assertEquals(expected, Specimens.sum(coarse), 1e-5);
            }
            if (method.equals("DeepLIFT")) {
                Attribution found = result.attributions().get(0);
                double difference = found.score() - found.baselineScore().orElseThrow();
                assertEquals(
                        difference, Specimens.sum(coarse) + Specimens.sum(result.image()), 1e-4);
            }
            if (method.equals("Occlusion")) {
                assertEquals(fall(classifier, both), corner(coarse), 1e-5);
            }
        }
    }

    /** By how much the score falls without the first voxels of the coarse image. */
    private static double fall(Classifier classifier, ImagePlus both) {
        ModelInput input = ModelInput.of(classifier.spec(), both);
        Tensor with = input.tensor(0);
        Tensor without = with.copy();
        for (int z = 0; z < 2; z++) {
            for (int y = 0; y < 2; y++) {
                for (int x = 0; x < 2; x++) {
                    without.data()[
                                    with.stride('c')
                                            + z * with.stride('z')
                                            + y * with.stride('y')
                                            + x * with.stride('x')] =
                            0;
                }
            }
        }
        return classifier.logits(with)[0][1] - classifier.logits(without)[0][1];
    }

    private static double corner(ImagePlus map) {
        return map.getStack().getVoxel(0, 0, 0);
    }

    @Test
    void whatLooksAtPlacesIsRefusedWhereImagesHaveGridsOfTheirOwn() {
        try (Classifier classifier = open("slice_and_volume", "slice", "clinic")) {
            Map<String, String> others =
                    others("slice", "slice_and_volume_slice", "clinic", "0.7 -1.2");
            ImagePlus all = joined(classifier, "slice_and_volume", "volume", others);
            for (String method : List.of("Occlusion", "Grad-CAM", "Layer Conductance", "RISE")) {
                assertMessage(
                        () -> run(classifier, method, all, Map.of()),
                        method,
                        "grids of their own (volume, slice)",
                        "groups=each",
                        "and so do Expected Gradients, Gradient, ");
            }
            assertFalse(AttributionMethods.names(classifier).contains("Grad-CAM"));
            assertMessage(
                    () ->
                            new AttributionTool(classifier)
                                    .target("1")
                                    .baseline(new BaselineChoice("mean", 0, 1, List.of()))
                                    .run(all, Progress.NONE),
                    "baseline=mean",
                    "take zero, constant or noise");
            assertMessage(
                    () ->
                            joined(
                                    classifier,
                                    "slice_and_volume",
                                    "slice",
                                    others("slice", "slice_and_volume_slice", "clinic", "1 2")),
                    "12×10×1 voxels",
                    "'volume' of the model takes 6×8×9",
                    "Image > Scale...");
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

    /** Places in one axis lie where those of the image do. */
    @ParameterizedTest
    @ValueSource(strings = {"folded_last", "folded_first"})
    void aMapWithItsPlacesInOneAxis(String name) {
        try (Classifier classifier = open(name)) {
            ImagePlus image = image(name + "_image");
            assertMap(
                    name + "_image_gradient",
                    run(classifier, "Gradient", image, Map.of()).image(),
                    1,
                    1e-5);
            SegmentTool.Result found = new SegmentTool(classifier).run(image, Progress.NONE);
            ImagePlus labels = found.labels().orElseThrow();
            assertEquals(6, labels.getNSlices());
            // A voxel explained alone is seen around it.
            Attribution at =
                    new AttributionTool(classifier)
                            .method("Gradient")
                            .target("1[2, 5, 4]")
                            .run(image, Progress.NONE)
                            .attributions()
                            .get(0);
            float[] map = at.map().data();
            for (int i = 0; i < map.length; i++) {
                boolean near =
                        Math.abs(i % 9 - 2) < 3
                                && Math.abs(i / 9 % 8 - 5) < 3
                                && Math.abs(i / 72 - 4) < 3;
                assertTrue(near || map[i] == 0, "at " + i);
            }
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
