/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Composite;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;

/**
 * What a map costs by methods that look inside the network, in times of one forward and backward
 * pass, measured in turn.
 */
public final class PropagationBenchmark {

    private static final int ROUNDS = 15;

    private PropagationBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("benchmark-");
        Map<String, Path> models = new LinkedHashMap<>();
        models.put("sample classifier", Path.of("sample-images", "lesion-classifier"));
        models.put("ms3d", Resources.bundled("golden/ms3d").resolve("saved_model"));
        models.put("4 blocks, batch norm", Networks.fourBlocks(folder.resolve("norm"), true));
        models.forEach(PropagationBenchmark::measure);
        System.exit(0);
    }

    private static void measure(String name, Path model) {
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            Tensor input = Measured.noise(classifier);
            Map<String, Runnable> runs = new LinkedHashMap<>();
            float[][] cotangent = {{1, 0}};
            runs.put(
                    "forward + backward",
                    () -> classifier.gradients().orElseThrow().gradient(input, cotangent));
            for (String method : List.of("Guided Backprop", "Deconvolution", "Grad-CAM")) {
                if (AttributionMethods.names().contains(method)) {
                    runs.put(method, () -> map(classifier, input, method, Map.of()));
                }
            }
            for (String composite : Composite.NAMED.keySet()) {
                runs.put(
                        "LRP " + composite,
                        () -> map(classifier, input, "LRP", Map.of("composite", composite)));
            }
            for (String rule : List.of("rescale", "revealcancel")) {
                runs.put(
                        "DeepLIFT " + rule,
                        () -> map(classifier, input, "DeepLIFT", Map.of("multipliers", rule)));
            }
            Map<String, double[]> times = new LinkedHashMap<>();
            for (int round = -5; round < ROUNDS; round++) {
                for (Map.Entry<String, Runnable> run : runs.entrySet()) {
                    double seconds = Measured.seconds(run.getValue());
                    if (round >= 0) {
                        times.computeIfAbsent(run.getKey(), key -> new double[ROUNDS])[round] =
                                seconds;
                    }
                }
            }
            double unit = Measured.median(times.get("forward + backward"));
            System.out.printf(Locale.ROOT, "%s: forward + backward %.3f s%n", name, unit);
            times.forEach(
                    (what, all) ->
                            System.out.printf(
                                    Locale.ROOT,
                                    "  %-28s %5.2f%n",
                                    what,
                                    Measured.median(all) / unit));
        }
    }

    private static void map(
            Classifier classifier, Tensor input, String method, Map<String, String> options) {
        AttributionMethod found = AttributionMethods.named(method);
        Settings settings = Settings.of(found.declaration().options(), options);
        found.attribute(
                new Problem(classifier, input, "0", new Baseline.Constant(0), settings),
                Progress.NONE);
    }
}
