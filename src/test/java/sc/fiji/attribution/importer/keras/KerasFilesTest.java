/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.engine.tensorflow.TensorFlowModels;
import sc.fiji.attribution.method.gradient.Quadrature;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * Models that Keras 3.15 saved, in both of its formats, against what Keras itself computes: logits,
 * gradients of two classes and Integrated Gradients by 50 Gauss–Legendre nodes.
 */
class KerasFilesTest {

    @ParameterizedTest
    @CsvSource({
        "keras_cnn3d_sequential, ''",
        "keras_nested_backbone, ''",
        "keras_slices_lstm, ''",
        "keras_multi_input, ''",
        "keras_multi_output_unet, cls"
    })
    void computesWhatKerasComputes(String name, String scores) {
        for (String file : List.of("model.keras", "model.h5")) {
            Path folder = Resources.shared("frameworks/" + name);
            compare(folder.resolve(file), Npy.readAll(folder.resolve("golden.npz")), scores);
        }
    }

    private static void compare(Path file, Map<String, Npy> golden, String scores) {
        for (int i = 0; i < 2; i++) {
            ModelOptions options =
                    ModelOptions.NONE.withScores(scores).withConstants(constants(golden, i));
            try (Classifier classifier = new TensorFlowModels().open(file, options)) {
                check(classifier, golden, i, file.toString());
            }
        }
    }

    private static Map<String, float[]> constants(Map<String, Npy> golden, int i) {
        Map<String, float[]> constants = new LinkedHashMap<>();
        golden.forEach(
                (key, value) -> {
                    if (key.startsWith("x" + i + "__")) {
                        constants.put(key.substring(4), value.floats());
                    }
                });
        return constants;
    }

    private static void check(
            Classifier classifier, Map<String, Npy> golden, int i, String message) {
        Npy x = golden.get("x" + i);
        Tensor image = new Tensor(classifier.spec().axes(), x.shape(), x.floats());
        double[] expected = golden.get("logits" + i).values();
        float[] logits = classifier.logits(image)[0];
        double largest = Maps.maxAbs(expected);
        assertTrue(
                Maps.maxDifference(logits, expected) <= 1e-4 * largest,
                () -> message + ": " + Arrays.toString(logits) + Arrays.toString(expected));
        for (String which : List.of("top", "other")) {
            int target = (int) golden.get(which + i).values()[0];
            double[] gradient = golden.get("grad_" + which + i).values();
            float[] actual = gradient(classifier, image, logits.length, target).data();
            assertEquals(
                    0,
                    Maps.maxDifference(actual, gradient) / Maps.maxAbs(gradient),
                    1e-3,
                    message + " gradient of " + target);
        }
        int top = (int) golden.get("top" + i).values()[0];
        double[] path = new double[x.floats().length];
        Quadrature nodes = Quadrature.of("gausslegendre", 50);
        for (int k = 0; k < nodes.nodes().length; k++) {
            float[] scaled = x.floats();
            for (int j = 0; j < scaled.length; j++) {
                scaled[j] *= (float) nodes.nodes()[k];
            }
            Tensor at = new Tensor(image.axes(), image.shape(), scaled);
            float[] gradient = gradient(classifier, at, logits.length, top).data();
            for (int j = 0; j < path.length; j++) {
                path[j] += nodes.weights()[k] * gradient[j] * x.values()[j];
            }
        }
        double[] integrated = golden.get("ig_top" + i).values();
        float[] floats = new float[path.length];
        for (int j = 0; j < path.length; j++) {
            floats[j] = (float) path[j];
        }
        assertEquals(
                0,
                Maps.maxDifference(floats, integrated) / Maps.maxAbs(integrated),
                1e-3,
                message + " Integrated Gradients");
    }

    private static Tensor gradient(Classifier classifier, Tensor image, int classes, int target) {
        float[][] cotangents = new float[1][classes];
        cotangents[0][target] = 1;
        return classifier.gradients().orElseThrow().gradient(image, cotangents).gradient();
    }

    @ParameterizedTest
    @CsvSource({
        "keras_custom_layer/model.keras, 'swishy' (mine>Swishy)",
        "keras_custom_layer/model.h5, 'swishy'",
        "keras_lambda_layer/model.keras, 'lambda' (Lambda)",
        "keras_lambda_layer/model.h5, 'lambda' (Lambda)"
    })
    void refusesByNameWhatIsNotKeras(String file, String name) {
        Path path = Resources.shared("frameworks").resolve(file);
        ModelException refusal =
                assertThrows(
                        ModelException.class,
                        () -> new TensorFlowModels().open(path, ModelOptions.NONE));
        assertTrue(refusal.getMessage().contains(name), refusal.getMessage());
    }
}
