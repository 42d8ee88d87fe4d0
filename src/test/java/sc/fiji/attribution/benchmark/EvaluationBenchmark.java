/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.evaluation.MethodExplained;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.method.evaluation.ScoredImage;
import sc.fiji.attribution.method.evaluation.Trial;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * What curves of 100 steps cost on a volume of 96×112×96 and four blocks, in times of as many bare
 * passes over images that are there already; measured in turn.
 */
public final class EvaluationBenchmark {

    private static final int STEPS = 100;
    private static final int ROUNDS = 2;
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private EvaluationBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("benchmark-");
        Path model = Networks.fourBlocks(folder, true);
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            measure(classifier);
        }
        System.exit(0);
    }

    private static void measure(Classifier classifier) {
        Tensor input = Measured.noise(classifier);
        AttributionMethod method = AttributionMethods.named("Gradient");
        Problem problem =
                new Problem(
                        classifier,
                        input,
                        "0",
                        new Baseline.Constant(0),
                        Settings.of(method.declaration().options(), Map.of()));
        Attribution found = method.attribute(problem, Progress.NONE);
        Trial trial =
                new Trial(
                        found.map(),
                        Optional.empty(),
                        Optional.of(
                                MethodExplained.of(
                                        method,
                                        problem,
                                        ScoredImage.of(problem, found.target()),
                                        MethodExplained.Form.WHOLE,
                                        Optional.empty())),
                        STEPS,
                        Trial.SAMPLES,
                        0);
        Map<String, Runnable> runs = new LinkedHashMap<>();
        runs.put("bare", () -> bare(classifier, input));
        for (String name : List.of("Deletion", "Insertion")) {
            Metric metric = Metrics.named(name).get(0);
            runs.put(name, () -> metric.evaluate(trial, Progress.NONE));
        }
        Map<String, double[]> sums = new LinkedHashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (Map.Entry<String, Runnable> run : runs.entrySet()) {
                long processor = SYSTEM.getProcessCpuTime();
                double seconds = Measured.seconds(run.getValue());
                double[] sum = sums.computeIfAbsent(run.getKey(), key -> new double[2]);
                sum[0] += seconds / ROUNDS;
                sum[1] += (SYSTEM.getProcessCpuTime() - processor) / 1e9 / ROUNDS;
            }
        }
        double[] unit = sums.get("bare");
        System.out.printf(
                Locale.ROOT,
                "%d bare passes: %.2f s, of the processors %.2f s%n",
                STEPS,
                unit[0],
                unit[1]);
        sums.forEach(
                (name, sum) ->
                        System.out.printf(
                                Locale.ROOT,
                                "  %-12s %.3f, of the processors' time %.3f%n",
                                name,
                                sum[0] / unit[0],
                                sum[1] / unit[1]));
    }

    /** The same images as none at all would be: the pass does not look at the values. */
    private static void bare(Classifier classifier, Tensor input) {
        for (int i = 0; i < STEPS; i++) {
            classifier.logits(input);
        }
    }
}
