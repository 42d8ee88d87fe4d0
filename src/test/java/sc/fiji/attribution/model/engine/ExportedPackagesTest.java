/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.Packages;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/** Packages whose weights are other frameworks' files: as folders, as zips, and without a word. */
class ExportedPackagesTest {

    private static final String DESCRIPTION =
            """
            format_version: 0.4.10
            type: model
            name: Tiny
            authors: [{name: nobody}]
            inputs:
              - {name: raw, axes: AXES, data_type: float32, shape: [SHAPE]}
            outputs:
              - {name: scores, axes: bc, data_type: float32, shape: [1, 3]}
            test_inputs: []
            test_outputs: []
            weights:
              pytorch_state_dict: {source: weights.pt}
              FORMAT: {source: FILE}
              tensorflow_js: {source: weights.zip}
            """;

    @TempDir Path folder;

    private static Path network(String name) {
        return Resources.bundled("importer/networks").resolve(name);
    }

    private static void check(Path named, String network, Map<String, String> facts) {
        Map<String, Npy> figures = Npy.readAll(network(network + ".npz"));
        try (Classifier classifier = Engines.open(named, ModelOptions.NONE)) {
            Npy input = figures.get("x0");
            Tensor x = new Tensor(classifier.spec().axes(), input.shape(), input.floats());
            double[] expected = figures.get("logits0").values();
            float[] logits = classifier.logits(x)[0];
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], logits[i], 1e-4);
            }
            facts.forEach((key, value) -> assertEquals(value, classifier.facts().get(key)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "onnx, remainders, remainders_legacy.onnx, bcyx, '1, 1, 8, 8'",
        "torchscript, remainders, remainders_traced.pt, bcyx, '1, 1, 8, 8'",
        "torchscript, extents, extents_scripted.pt, bcyx, '1, 1, 12, 12'",
        "keras_v3, keras, keras.keras, byxc, '1, 12, 10, 1'",
        "keras_hdf5, keras, keras.h5, byxc, '1, 12, 10, 1'"
    })
    void bioimagePackages(String format, String network, String file, String axes, String shape)
            throws IOException {
        Path top = Files.createDirectory(folder.resolve("tiny"));
        Files.copy(network(file), top.resolve(file));
        Files.writeString(
                top.resolve("rdf.yaml"),
                DESCRIPTION
                        .replace("AXES", axes)
                        .replace("SHAPE", shape)
                        .replace("FORMAT", format)
                        .replace("FILE", file));
        Map<String, String> facts =
                Map.of("weights", format + ", not pytorch_state_dict, tensorflow_js");
        check(top, network, facts);
        check(top.resolve("rdf.yaml"), network, facts);
        check(top.resolve(file), network, facts);
        check(Packages.zip(top, folder.resolve("z/tiny.zip")), network, facts);
    }

    /** The one model in a zip or a folder is meant. */
    @Test
    void filesInZipsAndFolders() throws IOException {
        Path top = Files.createDirectory(folder.resolve("tiny"));
        Files.copy(network("remainders_legacy.onnx"), top.resolve("model.onnx"));
        Files.writeString(top.resolve("readme.txt"), "a model");
        check(Packages.zip(top, folder.resolve("z/a.zip")), "remainders", Map.of());
        Files.writeString(top.resolve("attribution.yaml"), "name: Tiny\nlabels: [a, b, c]\n");
        check(top, "remainders", Map.of());
        check(Packages.zip(top, folder.resolve("z/b.zip")), "remainders", Map.of());
        try (Classifier classifier = Engines.open(top, ModelOptions.NONE)) {
            assertTrue(classifier.spec().labels().contains("b"));
        }
    }

    /** A description was read with the folder only, and a file's pixels went in as they are. */
    @Test
    void whatLiesBesideTheFile() throws IOException {
        Path top = Files.createDirectory(folder.resolve("tiny"));
        Path file = top.resolve("model.onnx");
        Files.copy(network("remainders_legacy.onnx"), file);
        Files.writeString(top.resolve("attribution.yaml"), "name: Tiny\nlabels: [a, b, c]\n");
        try (Classifier classifier = Engines.open(file, ModelOptions.NONE)) {
            assertEquals(List.of("a", "b", "c"), classifier.spec().labels());
        }
        Files.copy(file, top.resolve("other.onnx"));
        try (Classifier classifier = Engines.open(file, ModelOptions.NONE)) {
            assertEquals(
                    "'attribution.yaml' beside it was not read, since other models lie there too:"
                            + " name it instead, or put each model into a folder of its own.",
                    classifier.spec().description().warnings().get(0));
        }
    }
}
