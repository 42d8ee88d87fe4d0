/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.model.description.TestCase;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.model.engine.TestRun;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * Networks that Keras exported, packed with the input and the output that TensorFlow recorded, and
 * with pre-processing that undoes what was done to that input.
 */
class GoldenPackagesTest {

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "cnn2d_keras_export, byxc, probabilities",
        "ct3d_keras_example, bzyxc, probabilities",
        "convnext_like, byxc, probabilities",
        "nchw_native, bcyx, probabilities"
    })
    void recordedOutputsComeOut(String name, String axes, String compared) throws IOException {
        Path model = Resources.shared("models/generated").resolve(name);
        Packages.copy(model.resolve("saved_model"), folder.resolve("package/net"));
        Map<String, Npy> golden = Npy.readAll(model.resolve("golden.npz"));
        Npy x = golden.get("x0");
        float[] values = x.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] = (values[i] + 1) * 100;
        }
        Npy out =
                golden.keySet().stream()
                        .filter(key -> key.startsWith("out0__"))
                        .findFirst()
                        .map(golden::get)
                        .orElseThrow();
        Path top = folder.resolve("package");
        Packages.npy(top.resolve("x.npy"), x.shape(), values);
        Packages.npy(top.resolve("out.npy"), out.shape(), out.floats());
        Files.writeString(
                top.resolve("attribution.yaml"),
                "model: net\naxes: "
                        + axes
                        + "\npreprocessing:\n  - scale_linear: {gain: 0.01, offset: -1}\n"
                        + "tests:\n  - {input: x.npy, output: out.npy}\n");
        Path zip = Packages.zip(top, folder.resolve("z/" + name + ".zip"));
        List<Path> before = Packages.leftovers();
        try (Classifier classifier = Engines.open(zip, ModelOptions.NONE)) {
            assertEquals(1, Packages.leftovers().size() - before.size());
            TestCase test = classifier.spec().description().testCases().get(0);
            TestRun result = TestRun.of(test, classifier);
            System.out.println(name + ": " + result);
            assertTrue(result.difference() < 2e-5, result.toString());
            assertEquals(compared, result.compared());
        }
        assertEquals(before, Packages.leftovers());
    }
}
