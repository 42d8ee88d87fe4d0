/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.SeenValues;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * The right range of values never warns, and the wrong one does, whatever the network begins with.
 */
class RangeGuardTest {

    private static final List<String> NETWORKS =
            List.of(
                    "augmentation_keras3_infer",
                    "cnn2d_keras_export",
                    "cond_constant",
                    "convnext_like",
                    "ct3d_keras_example",
                    "dilated3d_instnorm_prelu",
                    "efficientnet_like",
                    "keras3_saved_model_save",
                    "mixed_float16",
                    "mobilenet_like",
                    "multi_output",
                    "nchw_native",
                    "resize_standardize_dynamic",
                    "resnet3d",
                    "resnet_bn_dropout",
                    "softmax_by_hand",
                    "temperature_softmax",
                    "tf1_learning_phase_switch",
                    "tf1_refvars_simple_save",
                    "uint8_input",
                    "unet3d_aux_head",
                    "vit_small",
                    "while_loop_fixed3",
                    "multi_input");

    @Tag("long")
    @Test
    void onTheGoldenInputs() {
        Path models = Resources.shared("models/generated");
        List<String> silent = new ArrayList<>();
        for (String name : NETWORKS) {
            Map<String, Npy> golden = Npy.readAll(models.resolve(name).resolve("golden.npz"));
            for (int i = 0; i < 2; i++) {
                try (Classifier classifier =
                        Engines.open(
                                models.resolve(name).resolve("saved_model"), numbers(golden, i))) {
                    Npy x = golden.getOrDefault("x" + i, golden.get("x" + i + "__image"));
                    Tensor right = new Tensor(classifier.spec().axes(), x.shape(), x.floats());
                    assertEquals(Optional.empty(), doubt(classifier, right), name);
                    if (doubt(classifier, other(right)).isEmpty()) {
                        silent.add(name + i);
                    }
                }
            }
        }
        // These normalise the image themselves, or what their first layer makes of it: its range
        // matters little to them.
        silent.removeIf(
                name ->
                        name.matches(
                                "(dilated3d_inst|resize_standardize_|uint8_input|convnext_|vit_).*"));
        assertEquals(List.of(), silent);
    }

    /** Of inputs beside the image. */
    private static ModelOptions numbers(Map<String, Npy> golden, int i) {
        Map<String, float[]> numbers = new HashMap<>();
        for (String name : List.of("age", "lab_value")) {
            Npy number = golden.get("x" + i + "__" + name);
            if (number != null) {
                numbers.put(name, number.floats());
            }
        }
        return ModelOptions.NONE.withConstants(numbers);
    }

    /**
     * Networks of others, each with an image of its training's range: ARM's scales bytes itself,
     * brainchop's take a T1 of 0…1.
     */
    @Tag("long")
    @Test
    void onNetworksOfOthers() {
        Path models = Resources.shared("models/third-party");
        Path golden = Resources.shared("golden/third-party");
        float[] bytes = Npy.readAll(golden.resolve("arm_openmv.npz")).get("x").floats();
        float[] crop =
                Npy.readAll(golden.resolve("brainchop5_tissuefraction_on_t1_crop.npz"))
                        .get("x")
                        .floats();
        List<String> silent = new ArrayList<>();
        onNetworkOfOthers(models.resolve("arm_openmv"), bytes, silent, 1, 160, 120, 1);
        onNetworkOfOthers(
                models.resolve("brainchop_model5ae_tissuefraction_ndhwc"),
                crop,
                silent,
                1,
                32,
                32,
                32,
                1);
        onNetworkOfOthers(
                models.resolve("brainchop_model30_3class_ncdhw"),
                twice(crop),
                silent,
                1,
                1,
                64,
                64,
                64);
        assertEquals(List.of(), silent);
    }

    private static void onNetworkOfOthers(
            Path model, float[] right, List<String> silent, int... shape) {
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            Tensor image = new Tensor(classifier.spec().axes(), shape, right);
            assertEquals(Optional.empty(), doubt(classifier, image), "" + model);
            if (doubt(classifier, other(image)).isEmpty()) {
                silent.add(model.getFileName().toString());
            }
        }
    }

    /** A cube of 32 voxels, each of them twice along each axis. */
    private static float[] twice(float[] cube) {
        float[] large = new float[8 * cube.length];
        for (int i = 0; i < large.length; i++) {
            large[i] = cube[(i / 4096 / 2 * 32 + i / 64 % 64 / 2) * 32 + i % 64 / 2];
        }
        return large;
    }

    /** 0…255 of 0…1, and the reverse. */
    private static Tensor other(Tensor right) {
        Tensor wrong = right.copy();
        float max = 0;
        for (float value : right.data()) {
            max = Math.max(max, value);
        }
        for (int i = 0; i < wrong.length(); i++) {
            wrong.data()[i] *= max > 2 ? 1 / 255f : 255f;
        }
        return wrong;
    }

    @Test
    void theSampleClassifierTakesBytes() {
        try (Classifier classifier =
                Engines.open(Path.of("sample-images/lesion-classifier"), ModelOptions.NONE)) {
            for (String name : List.of("brain-lesions-1.tif", "brain-healthy-1.tif")) {
                ModelInput input =
                        ModelInput.of(classifier.spec(), ImageFile.open("sample-images/" + name));
                Tensor tensor = input.tensor(0);
                assertEquals(Optional.empty(), doubt(classifier, tensor));
                assertEquals(List.of(), input.warnings());
                Optional<String> line = doubt(classifier, other(tensor));
                assertTrue(line.orElse("").startsWith("CHECK THE VALUES: 0…1 cannot"), "" + line);
            }
        }
    }

    /** Of a volume every fourth slice and row are looked at, by a convolution of their own. */
    @Test
    void statisticsBeforeTheFirstNormalisationAreThoseOfASample(@TempDir Path folder)
            throws IOException {
        NetworkWriter network = new NetworkWriter(-1, 9, 8, 4, 1);
        network.convolution(new NetworkWriter.Window(1, 1, 1, "SAME"), 2).batchNorm();
        Path model = network.op("Relu").globalMean().dense(2).op("Softmax").write(folder);
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            Tensor image = Tensor.zeros(classifier.spec().axes(), 1, 9, 8, 4, 1);
            for (int i = 0; i < image.length(); i++) {
                image.data()[i] = i % 7;
            }
            List<Double> sampled = new ArrayList<>();
            for (int i : new int[] {0, 16, 128, 144, 256, 272}) {
                for (int x = 0; x < 4; x++) {
                    sampled.add((double) image.data()[i + x]);
                }
            }
            double mean = sampled.stream().mapToDouble(v -> v).average().orElseThrow();
            double variance =
                    sampled.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum()
                            / sampled.size();
            SeenValues.Normalised seen =
                    classifier.seen(image).orElseThrow().normalised().orElseThrow();
            for (int c = 0; c < 2; c++) {
                // A factor is all that a window of one voxel has.
                double factor = seen.mean()[c] / mean;
                assertEquals(factor * factor * variance, seen.variance()[c], 1e-5 * variance);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, false, 0, 1, 0.4, 0, 255, false", // divided by 255
        "true, false, 0, 0.0039, 0.002, 0, 1, true",
        "true, false, 0, 257, 20, 0, 65535, true",
        "true, true, -1, 1, 0.5, 0, 255, false", // to -1…1
        "true, true, -1, -0.992, 1, 0, 1, true",
        "true, true, -2, 2.6, 0.8, 0, 1, false", // mean and deviation
        "true, true, -2, 1157, 560, 0, 255, true",
        "true, true, -2.1, -2.08, 2.1, 0, 1, true", // those of 0…255
        "false, true, -123, 151, 60, 0, 255, false", // means alone
        "false, true, -124, -103, 110, 0, 1, true",
        "true, false, 0, 0.03, 0.01, 0, 2000, false", // a dark image of 16 bits
    })
    void scalingsOfTheNetwork(
            boolean multiplies,
            boolean shifts,
            double low,
            double high,
            double size,
            double min,
            double max,
            boolean doubted) {
        SeenValues seen =
                new SeenValues(
                        Optional.of(new SeenValues.Scaled(multiplies, shifts, low, high, size)),
                        Optional.empty());
        assertEquals(doubted, seen.doubt(min, max).isPresent(), "" + seen.doubt(min, max));
    }

    @ParameterizedTest
    @CsvSource({"1, false", "5, false", "0.2, false", "255, true", "0.00392, true"})
    void statisticsOfABatchNormalisation(float factor, boolean doubted) {
        float[] mean = {0.3f * factor, -0.2f * factor};
        float[] variance = {0.04f * factor * factor, 0.01f * factor * factor};
        SeenValues seen =
                new SeenValues(
                        Optional.empty(),
                        Optional.of(
                                new SeenValues.Normalised(
                                        mean,
                                        variance,
                                        new float[] {0.25f, -0.21f},
                                        new float[] {0.05f, 0.012f})));
        assertEquals(doubted, seen.doubt(0, factor).isPresent());
    }

    /** Before training no range is the right one: neither is warned of. */
    @ParameterizedTest
    @ValueSource(floats = {1, 255})
    void anUntrainedNetworkKnowsNoRange(float range) throws IOException {
        Random random = new Random(7);
        float[] kernel = new float[27 * 4];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = (float) random.nextGaussian() * 0.3f;
        }
        float[] dense = {0.2f, -0.1f, 0.4f, 0.3f, -0.2f, 0.1f, 0.3f, -0.5f};
        Path model =
                new NetworkWriter(-1, 6, 6, 6, 1)
                        .conv3d(kernel, new float[4])
                        .op("Relu")
                        .globalMean()
                        .dense(dense, 2)
                        .op("Softmax")
                        .write(folder);
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            Tensor image = Tensor.zeros(classifier.spec().axes(), 1, 6, 6, 6, 1);
            for (int i = 0; i < image.length(); i++) {
                image.data()[i] = range * random.nextFloat();
            }
            assertEquals(Optional.empty(), doubt(classifier, image));
        }
    }

    @TempDir Path folder;

    private static Optional<String> doubt(Classifier classifier, Tensor image) {
        float[] outputs = classifier.logits(image)[0];
        return RangeGuard.doubt(
                classifier, image, () -> classifier.spec().head().classLogits(outputs));
    }
}
