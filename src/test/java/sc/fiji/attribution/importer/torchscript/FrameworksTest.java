/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Maps;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/** Networks as people write them in PyTorch, against PyTorch's own figures in float64. */
@Tag("long")
class FrameworksTest {

    static Stream<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(Resources.shared("frameworks"))) {
            return all
                    .filter(file -> file.getFileName().toString().matches("model_.*\\.pt"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static Tensor map(Classifier classifier, String method, Tensor x, long target) {
        AttributionMethod found = AttributionMethods.named(method);
        Settings settings = Settings.of(found.declaration().options(), Map.of());
        Problem problem =
                new Problem(
                        classifier, x, Long.toString(target), new Baseline.Constant(0), settings);
        return found.attribute(problem, Progress.NONE).map();
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    @ParameterizedTest
    @MethodSource("files")
    void agrees(Path file) {
        Map<String, Npy> golden = Npy.readAll(file.resolveSibling("golden.npz"));
        for (int i = 0; i < 2; i++) {
            Map<String, float[]> constants = new HashMap<>();
            for (String key : golden.keySet()) {
                if (key.startsWith("x" + i + "__")) {
                    constants.put(key.substring(4), golden.get(key).floats());
                }
            }
            ModelOptions options = ModelOptions.NONE.withConstants(constants);
            try (Classifier classifier = Engines.open(file, options)) {
                agrees(classifier, golden, i, file);
            }
        }
    }

    private static void agrees(Classifier classifier, Map<String, Npy> golden, int i, Path file) {
        Npy input = golden.get("x" + i);
        Axes axes = classifier.spec().axes();
        assertEquals(axes.order(), Axes.channelsFirst(input.shape().length - 2).order());
        Tensor x = new Tensor(axes, input.shape(), input.floats());
        double[] logits = golden.get("logits" + i).values();
        float[] found = classifier.logits(x)[0];
        double error = Maps.maxDifference(found, logits) / largest(logits);
        System.out.printf("%s %d: logits %.1e%n", file, i, error);
        assertTrue(error <= 1e-4, "logits " + error);
        for (String figure : List.of("grad_top", "grad_other", "ig_top")) {
            String which = figure.endsWith("top") ? "top" : "other";
            // The second of two classes is what a single logit argues for.
            long target = logits.length == 1 ? 1 : (long) golden.get(which + i).values()[0];
            String method = figure.startsWith("grad") ? "Gradient" : "Integrated Gradients";
            double[] expected = golden.get(figure + i).values();
            Tensor map = map(classifier, method, x, target);
            double difference = Maps.maxDifference(map.data(), expected) / largest(expected);
            System.out.printf("  %s %.1e%n", figure, difference);
            assertTrue(difference <= 1e-3, figure + " " + difference);
        }
    }
}
