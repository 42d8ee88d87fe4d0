/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.ImagePlus;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.evaluation.ChosenMethod;
import sc.fiji.attribution.method.evaluation.Comparison;
import sc.fiji.attribution.method.evaluation.Figure;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * Problems of 8×8 pixels whose evidence is known, after XAI-TRIS (Clark et al. 2024), each with a
 * small network that solves it: which methods find it, beside maps of noise and of edges. The
 * images and networks were made by {@code make_tetrominoes.py}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TetrominoesTest {

    private static final Path FOLDER = Resources.bundled("tetrominoes");

    private static final String METHODS =
            "Gradient, Input x Gradient, Integrated Gradients, LRP, DeepLIFT, Guided Backprop,"
                    + " Deconvolution, Occlusion (window=1 stride=1)";

    private static final int IMAGES = 24;

    /** The share of the absolute attribution in the evidence, by problem and method. */
    private final Map<String, Map<String, Figure>> shares = new LinkedHashMap<>();

    @BeforeAll
    void compare() {
        Map<String, Npy> images = Npy.readAll(FOLDER.resolve("images.npz"));
        double[] mask = images.get("mask").values();
        ImagePlus truth = Specimens.image(8, 8, 8, 1, 1, 1, p -> mask[8 * p[1] + p[0]]);
        for (String problem : List.of("additive", "correlated", "multiplicative", "xor")) {
            double[] values = images.get(problem).values();
            try (Classifier network =
                    Engines.open(FOLDER.resolve(problem + ".keras"), ModelOptions.NONE)) {
                EvaluationTool tool =
                        new EvaluationTool(network, Metrics.named("Absolute Mass, Voxel AUC"));
                List<ChosenMethod> methods = ChosenMethod.list(METHODS, network, false);
                for (int n = 0; n < IMAGES; n++) {
                    int first = 64 * n;
                    ImagePlus image =
                            Specimens.image(
                                    32, 8, 8, 1, 1, 1, p -> values[first + 8 * p[1] + p[0]]);
                    tool.compare(image, Optional.of(truth), methods, Progress.NONE);
                }
                tool.result().rows().stream()
                        .filter(row -> row.image().equals(Comparison.ALL))
                        .filter(row -> row.metric().declaration().name().equals("Absolute Mass"))
                        .forEach(row -> of(problem).put(row.method(), row));
            }
        }
        shares.forEach(
                (problem, rows) ->
                        rows.forEach(
                                (method, row) ->
                                        System.out.printf(
                                                Locale.ROOT,
                                                "%-15s %-40s %.3f (%.3f to %.3f), noise %.3f,"
                                                        + " edges %.3f%n",
                                                problem,
                                                method,
                                                row.value(),
                                                row.low(),
                                                row.high(),
                                                row.random(),
                                                row.edges())));
    }

    private Map<String, Figure> of(String problem) {
        return shares.computeIfAbsent(problem, key -> new LinkedHashMap<>());
    }

    private double share(String problem, String method) {
        return of(problem).get(method).value();
    }

    /** Eight of 64 pixels hold all evidence. */
    @Test
    void noiseFindsAsMuchAsThereIs() {
        shares.values()
                .forEach(
                        rows ->
                                rows.values()
                                        .forEach(row -> assertEquals(0.125, row.random(), 0.02)));
    }

    @Test
    void methodsThatComputeWhatTheNetworkDoesFindWhatIsThere() {
        for (String problem : List.of("additive", "xor")) {
            for (String method :
                    List.of("Gradient", "Input x Gradient", "Integrated Gradients", "DeepLIFT")) {
                Figure row = of(problem).get(method);
                assertTrue(row.low() > row.random(), row.toString());
                assertTrue(row.low() > row.edges(), row.toString());
            }
        }
    }

    /**
     * Paths from black come first, gradients alone behind them, and rules that forget weights last.
     */
    @Test
    void theOrderOfMethods() {
        for (String problem : List.of("additive", "xor")) {
            double path = share(problem, "Integrated Gradients");
            assertEquals(path, share(problem, "DeepLIFT"), 0.02, problem);
            double[] falling = {
                path,
                share(problem, "Input x Gradient"),
                share(problem, "Gradient"),
                share(problem, "Deconvolution"),
                of(problem).get("Gradient").random()
            };
            for (int i = 1; i < falling.length; i++) {
                assertTrue(falling[i] < falling[i - 1], problem + " " + i);
            }
        }
    }

    /** What a network subtracts is no evidence, but no method can tell from the network alone. */
    @Test
    void suppressorsMisleadAllOfThem() {
        for (String method : List.of("Gradient", "Integrated Gradients", "DeepLIFT")) {
            assertTrue(share("correlated", method) < share("additive", method), method);
        }
    }
}
