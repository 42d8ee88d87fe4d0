/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
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

/**
 * What the backward pass and the methods cost, as ratios measured in one run. What is compared is
 * run in turn, so that other work on the machine falls on both sides; the median of each is taken.
 */
public final class SpeedBenchmark {

    private static final int STEPS = 50;

    private SpeedBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("benchmark-");
        System.out.println(
                "network                          forward  fwd+bwd  ratio  IG(50)/50 raw  peak heap"
                        + " 10 → 200 steps");
        measure("sample classifier", Path.of("sample-images", "lesion-classifier"));
        measure("4 blocks", Networks.fourBlocks(folder.resolve("plain"), false));
        measure("4 blocks, batch norm", Networks.fourBlocks(folder.resolve("norm"), true));
        System.exit(0);
    }

    private static void measure(String name, Path model) {
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            Tensor input = Measured.noise(classifier);
            double[] forward = new double[15];
            double[] both = new double[15];
            for (int i = -5; i < 15; i++) {
                double f = Measured.seconds(() -> classifier.logits(input));
                double b = Measured.seconds(() -> gradient(classifier, input));
                if (i >= 0) {
                    forward[i] = f;
                    both[i] = b;
                }
            }
            double[] raw = new double[7];
            double[] map = new double[7];
            integrate(classifier, input, STEPS, Progress.NONE);
            for (int i = 0; i < 7; i++) {
                raw[i] =
                        Measured.seconds(
                                () -> {
                                    for (int k = 0; k < STEPS; k++) {
                                        gradient(classifier, input);
                                    }
                                });
                map[i] = Measured.seconds(() -> integrate(classifier, input, STEPS, Progress.NONE));
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-30s  %6.3f s %6.3f s  %5.2f  %13.3f  %5.1f → %.1f MB%n",
                    name,
                    Measured.median(forward),
                    Measured.median(both),
                    Measured.median(both) / Measured.median(forward),
                    Measured.median(map) / Measured.median(raw),
                    LiveHeap.peakMegabytes(p -> integrate(classifier, input, 10, p)),
                    LiveHeap.peakMegabytes(p -> integrate(classifier, input, 200, p)));
        }
    }

    private static void gradient(Classifier classifier, Tensor input) {
        classifier.gradients().orElseThrow().gradient(input, new float[][] {{1, 0}});
    }

    private static void integrate(
            Classifier classifier, Tensor input, int steps, Progress progress) {
        AttributionMethod method = AttributionMethods.named("Integrated Gradients");
        Map<String, String> options = Map.of("steps", Integer.toString(steps), "batch", "1");
        Settings settings = Settings.of(method.declaration().options(), options);
        method.attribute(
                new Problem(classifier, input, "0", new Baseline.Constant(0), settings), progress);
    }
}
