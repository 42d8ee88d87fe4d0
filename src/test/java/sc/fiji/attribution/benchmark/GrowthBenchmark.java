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
 * What maps of larger and larger volumes cost: for four blocks with batch normalisation the
 * processor seconds of a Gradient and of four steps of Integrated Gradients, in all and for a
 * million voxels, and the most memory that the process held so far. Linear growth shows as equal
 * numbers for a million voxels. Linux only.
 */
public final class GrowthBenchmark {

    private static final int[] EDGES = {48, 64, 96, 128, 160, 192};

    private static final int RUNS = 3;

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private GrowthBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("growth-");
        System.out.println(
                " edge  Mvoxel   Gradient (CPU s, per Mvoxel)   IG, 4 steps (CPU s, per Mvoxel)"
                        + "   peak (MB, over the first per Mvoxel)");
        double first = 0;
        for (int edge : EDGES) {
            Path model = Networks.fourBlocks(folder.resolve("e" + edge), true, edge, edge, edge);
            double million = Math.pow(edge, 3) / 1e6;
            try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
                Tensor image = Measured.noise(classifier);
                double gradient = least(() -> map(classifier, image, "Gradient", Map.of()));
                Map<String, String> four = Map.of("steps", "4", "batch", "1");
                double path = least(() -> map(classifier, image, "Integrated Gradients", four));
                double peak = Soak.peakKilobytes() / 1024.0;
                System.out.printf(
                        Locale.ROOT,
                        "%5d %7.2f   %8.3f %8.3f                %8.3f %8.3f                 "
                                + " %6.0f %8.0f%n",
                        edge,
                        million,
                        gradient,
                        gradient / million,
                        path,
                        path / million,
                        peak,
                        first == 0 ? Double.NaN : (peak - first) / million);
                first = first == 0 ? peak : first;
            }
        }
        System.exit(0);
    }

    /** Processor seconds, after one run that warms up. */
    private static double least(Runnable work) {
        work.run();
        double least = Double.POSITIVE_INFINITY;
        for (int i = 0; i < RUNS; i++) {
            long before = SYSTEM.getProcessCpuTime();
            work.run();
            least = Math.min(least, (SYSTEM.getProcessCpuTime() - before) / 1e9);
        }
        return least;
    }

    private static void map(
            Classifier classifier, Tensor image, String name, Map<String, String> options) {
        AttributionMethod method = AttributionMethods.named(name);
        Settings settings = Settings.of(method.declaration().options(), options);
        method.attribute(
                new Problem(classifier, image, "0", new Baseline.Constant(0), settings),
                Progress.NONE);
    }
}
