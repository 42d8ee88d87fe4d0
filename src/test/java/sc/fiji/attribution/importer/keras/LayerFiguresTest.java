/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * Layers with random attributes, weights and inputs, against what Keras computes of them in double
 * precision (of volumes: single): 622 cases, each an output of a model of its family, from both of
 * Keras' formats. Beside them stands the script that made them.
 */
class LayerFiguresTest {

    @ParameterizedTest
    @CsvSource({
        "convolution1d, 52",
        "convolution2d, 50",
        "convolution3d, 31",
        "pooling1d, 24",
        "pooling2d, 25",
        "pooling3d, 25",
        "channels_first, 29",
        "normalisation, 63",
        "activation, 65",
        "merging, 35",
        "attention, 17",
        "recurrent, 46",
        "operators, 78",
        "functions, 82"
    })
    void layersComputeWhatKerasComputes(String family, int cases, @TempDir Path temporary)
            throws IOException {
        Path folder = Resources.bundled("keras/layers");
        compare(family, cases, folder.resolve(family + ".keras"));
        compare(family, cases, older(family, temporary));
    }

    /** The same model as the older format has it. */
    static Path older(String family, Path temporary) throws IOException {
        Path file = temporary.resolve(family + ".h5");
        Path archive = Resources.bundled("keras/layers").resolve("older.zip");
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            Files.copy(zip.getInputStream(zip.getEntry(family + ".h5")), file);
        }
        return file;
    }

    private static void compare(String family, int cases, Path file) {
        Path folder = Resources.bundled("keras/layers");
        Map<String, Npy> figures = Npy.readAll(folder.resolve(family + ".npz"));
        Map<String, Npy> inputs = new LinkedHashMap<>();
        figures.forEach(
                (name, array) -> {
                    if (name.startsWith("x_")) {
                        inputs.put(name.substring(2), array);
                    }
                });
        Map<String, float[]> outputs = ImportedRun.outputs(file, inputs);
        assertEquals(cases, outputs.size());
        Map<String, Double> wrong = new TreeMap<>();
        outputs.forEach(
                (name, actual) -> {
                    double[] expected = figures.get(name.replace("case", "y")).values();
                    double error =
                            actual.length == expected.length
                                    ? Maps.maxDifference(actual, expected)
                                            / Math.max(1, Maps.maxAbs(expected))
                                    : Double.POSITIVE_INFINITY;
                    if (!(error <= 1e-5)) {
                        wrong.put(name, error);
                    }
                });
        assertTrue(wrong.isEmpty(), () -> file + ": " + wrong);
    }
}
