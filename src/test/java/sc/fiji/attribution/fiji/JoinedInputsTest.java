/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.attribution.fiji.input.ImageViewTest.assertMessage;

import ij.ImagePlus;
import ij.ImageStack;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.RegionScore;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.file.JoinedImages;
import sc.fiji.attribution.fiji.input.ImageView;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/** Networks with several inputs: images and numbers are explained together. */
class JoinedInputsTest {

    /** An image of a tensor with one image. */
    private static ImagePlus image(Tensor tensor) {
        int w = tensor.size('x');
        ImageStack stack = new ImageStack(w, tensor.size('y'));
        for (int z = 0; z < tensor.size('z'); z++) {
            for (int c = 0; c < tensor.size('c'); c++) {
                float[] plane = new float[w * tensor.size('y')];
                for (int i = 0; i < plane.length; i++) {
                    plane[i] =
                            tensor.data()[
                                    z * tensor.stride('z')
                                            + c * tensor.stride('c')
                                            + i / w * tensor.stride('y')
                                            + i % w * tensor.stride('x')];
                }
                stack.addSlice(null, plane);
            }
        }
        ImagePlus image = new ImagePlus("image", stack);
        image.setDimensions(tensor.size('c'), tensor.size('z'), 1);
        return image;
    }

    private static AttributionTool.Result run(
            Classifier classifier, String method, String target, ImagePlus image) {
        return run(classifier, method, target, image, 128);
    }

    private static AttributionTool.Result run(
            Classifier classifier, String method, String target, ImagePlus image, int steps) {
        Map<String, String> options =
                method.equals("Integrated Gradients")
                        ? Map.of("steps", String.valueOf(steps))
                        : Map.of();
        return new AttributionTool(classifier)
                .method(method)
                .options(options)
                .target(target)
                .run(image, Progress.NONE);
    }

    /** Keras' own figures, where all three inputs go from zero to their values. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void imageAndNumbersOfTheGoldenNetwork(int i) {
        Path folder = Resources.shared("models/generated").resolve("multi_input");
        Map<String, Npy> golden = Npy.readAll(folder.resolve("golden.npz"));
        ModelOptions options = ModelOptions.NONE.withInputs(List.of("age", "lab_value"));
        try (Classifier classifier = Engines.open(folder.resolve("saved_model"), options)) {
            Npy x = golden.get("x" + i + "__image");
            Tensor tensor = new Tensor(new Axes("byxc"), x.shape(), x.floats());
            Map<String, String> numbers =
                    Map.of(
                            "age", "" + golden.get("x" + i + "__age").values()[0],
                            "lab_value", "" + golden.get("x" + i + "__lab_value").values()[0]);
            ImagePlus joined =
                    JoinedImages.of(classifier.spec(), image(tensor), numbers, n -> null);
            String target = "" + (int) golden.get("top" + i).values()[0];
            AttributionTool.Result result = run(classifier, "Integrated Gradients", target, joined);
            Attribution found = result.attributions().get(0);
            double[] logits = golden.get("logits" + i).values();
            for (int k = 0; k < logits.length; k++) {
                assertEquals(logits[k], found.classLogits()[k], 1e-4);
            }
            double[] expected = golden.get("ig_top" + i + "__image").values();
            float[] map = ImageView.of(result.image()).slice(0, 0, 0);
            assertEquals(1, result.image().getNChannels());
            double largest = 0;
            for (float value : map) {
                largest = Math.max(largest, Math.abs(value));
            }
            for (int k = 0; k < map.length; k++) {
                double sum = expected[3 * k] + expected[3 * k + 1] + expected[3 * k + 2];
                assertEquals(sum, map[k], 2e-3 * largest);
            }
            double scale = Math.abs(found.score() - found.baselineScore().orElseThrow());
            assertEquals(List.of("age", "lab_value"), names(found.regions()));
            for (RegionScore score : found.regions()) {
                double ig = golden.get("ig_top" + i + "__" + score.region()).values()[0];
                assertEquals(ig, score.value(), 2e-3 * scale, score.region());
            }
            double all =
                    Specimens.sum(result.image())
                            + found.regions().stream().mapToDouble(RegionScore::value).sum();
            assertEquals(found.score() - found.baselineScore().orElseThrow(), all, 0.01 * scale);
        }
    }

    private static List<String> names(List<RegionScore> scores) {
        return scores.stream().map(RegionScore::region).toList();
    }

    /** The network with the other image as a constant is the oracle of what goes where. */
    @Test
    void twoImagesHaveMapsOfTheirOwn() {
        Path model = Resources.shared("cases").resolve("m_twoimg");
        ImagePlus t1 = Specimens.image(32, 40, 32, 1, 1, 1, p -> Math.sin(p[0] * 0.3 + p[1]));
        ImagePlus flair = Specimens.image(32, 40, 32, 1, 1, 1, p -> Math.cos(p[0] + p[1] * 0.2));
        float[] other = ImageView.of(flair).slice(0, 0, 0);
        float[] alone;
        try (Classifier classifier =
                Engines.open(model, ModelOptions.NONE.withConstants(Map.of("flair", other)))) {
            alone = classifier.logits(ModelInput.of(classifier.spec(), t1).tensor(0))[0];
        }
        ModelOptions options = ModelOptions.NONE.withInputs(List.of("flair"));
        try (Classifier classifier = Engines.open(model, options)) {
            assertMessage(
                    () -> ModelInput.of(classifier.spec(), t1), "takes t1, flair", "inputs=[");
            ImagePlus joined =
                    JoinedImages.of(classifier.spec(), t1, Map.of("flair", "f"), n -> flair);
            assertArrayEquals(
                    alone,
                    classifier.logits(ModelInput.of(classifier.spec(), joined).tensor(0))[0],
                    1e-5f);
            for (String method : List.of("Integrated Gradients", "DeepLIFT", "Occlusion")) {
                AttributionTool.Result result = run(classifier, method, "0", joined);
                Attribution found = result.attributions().get(0);
                if (found.completenessError().isPresent()) {
                    assertEquals(2, result.image().getNChannels(), method);
                    assertTrue(
                            result.image().getStack().getSliceLabel(2).startsWith("flair"),
                            result.image().getStack().getSliceLabel(2));
                    double difference = found.score() - found.baselineScore().orElseThrow();
                    assertEquals(
                            difference,
                            Specimens.sum(result.image()),
                            0.01 * Math.abs(difference),
                            method);
                }
            }
            ImagePlus larger = Specimens.numbered(32, 41, 32, 1, 1, 1);
            assertMessage(
                    () -> JoinedImages.of(classifier.spec(), t1, Map.of("flair", "f"), n -> larger),
                    "41x32x1 instead of 40x32x1");
        }
        assertMessage(
                () -> Engines.open(model, ModelOptions.NONE.withInputs(List.of("t2"))),
                "no input 't2'",
                "flair [-1, 32, 40, 1]");
        assertMessage(() -> Engines.open(model, ModelOptions.NONE), "inputs=flair=…,t1=…");
    }

    /** Files of other frameworks: with the numbers constant they score the same. */
    @Tag("long")
    @ParameterizedTest
    @CsvSource({
        "MultiInput/model_legacy_opset17.onnx, age",
        "MultiInput/model_traced.pt, age",
        "keras_multi_input/model.keras, age_sex",
        "keras_multi_input/model.h5, age_sex",
    })
    void numbersOfOtherFrameworksFiles(String file, String name) {
        Path path = Resources.shared("frameworks").resolve(file);
        Map<String, Npy> golden = Npy.readAll(path.resolveSibling("golden.npz"));
        float[] numbers = golden.get("x0__" + name).floats();
        Npy x = golden.get("x0");
        float[] alone;
        Tensor tensor;
        try (Classifier classifier =
                Engines.open(path, ModelOptions.NONE.withConstants(Map.of(name, numbers)))) {
            tensor = new Tensor(classifier.spec().axes(), x.shape(), x.floats());
            alone = classifier.logits(tensor)[0];
        }
        String said = "";
        for (float number : numbers) {
            said += " " + number;
        }
        try (Classifier classifier =
                Engines.open(path, ModelOptions.NONE.withInputs(List.of(name)))) {
            ImagePlus joined =
                    JoinedImages.of(
                            classifier.spec(), image(tensor), Map.of(name, said), n -> null);
            assertArrayEquals(
                    alone,
                    classifier.logits(ModelInput.of(classifier.spec(), joined).tensor(0))[0],
                    1e-4f);
            // Many steps, since little is left of the score's difference: parts of it cancel.
            AttributionTool.Result result =
                    run(classifier, "Integrated Gradients", "0", joined, 1024);
            Attribution found = result.attributions().get(0);
            assertEquals(numbers.length, found.regions().size());
            double all =
                    Specimens.sum(result.image())
                            + found.regions().stream().mapToDouble(RegionScore::value).sum();
            double difference = found.score() - found.baselineScore().orElseThrow();
            assertEquals(difference, all, 0.01 * Math.abs(difference) + 1e-3);
            assertMessage(
                    () ->
                            JoinedImages.of(
                                    classifier.spec(), image(tensor), Map.of(name, "x"), n -> null),
                    "inputs: '" + name + "' takes");
        }
    }

    @Test
    void whatIsWrittenIsRead() {
        Map<String, String> inputs = ModelOptions.inputs("flair=a b.nii.gz, xls=1 2 3 4 5,age=41");
        assertEquals(List.of("flair", "xls", "age"), List.copyOf(inputs.keySet()));
        assertEquals("1 2 3 4 5", inputs.get("xls"));
        assertMessage(() -> ModelOptions.inputs("flair.nii.gz"), "'flair.nii.gz'", "inputs=[");
    }
}
