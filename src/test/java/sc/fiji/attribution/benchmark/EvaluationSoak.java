/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import ij.ImagePlus;
import ij.ImageStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.EvaluationTool;
import sc.fiji.attribution.fiji.evaluation.ChosenMethod;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * Comparisons of a volume with one channel, each with another number of steps; prints in kB the
 * most that the process held meanwhile, heap and native memory together. Linux only.
 */
public final class EvaluationSoak {

    private final Classifier classifier;
    private final ImagePlus image;
    private final String metrics;

    private EvaluationSoak(Classifier classifier, String metrics) {
        this.classifier = classifier;
        this.image = image(Measured.noise(classifier));
        this.metrics = metrics;
    }

    /**
     * @param arguments model, metrics, numbers of steps; one below zero is ended at its second
     *     batch
     */
    public static void main(String[] arguments) throws IOException {
        try (Classifier classifier = Engines.open(Path.of(arguments[0]), ModelOptions.NONE)) {
            EvaluationSoak soak = new EvaluationSoak(classifier, arguments[1]);
            for (int i = 2; i < arguments.length; i++) {
                soak.run(Integer.parseInt(arguments[i]));
            }
        }
        System.exit(0);
    }

    private void run(int steps) throws IOException {
        System.gc();
        long before = Soak.residentKilobytes();
        Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // the peak begins anew
        boolean ended = steps < 0;
        try {
            compare(Math.abs(steps), ended ? endsAt(2) : Progress.NONE);
        } catch (CancelledException e) {
            System.out.println("ended:");
        }
        long peak =
                Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow();
        System.out.println(Math.abs(steps) + " steps, " + before + " kB before: " + peak + " kB");
    }

    private static Progress endsAt(int last) {
        int[] batches = {0};
        return (done, total, what) -> {
            if (what.equals("Scores of changed images") && ++batches[0] == last) {
                throw new CancelledException();
            }
        };
    }

    private void compare(int steps, Progress progress) {
        new EvaluationTool(classifier, Metrics.named(metrics))
                .target("0")
                .steps(steps)
                .compare(
                        image,
                        Optional.empty(),
                        ChosenMethod.list("Gradient", classifier, false),
                        progress);
    }

    private static ImagePlus image(Tensor noise) {
        int width = noise.size('x');
        int height = noise.size('y');
        ImageStack stack = new ImageStack(width, height);
        for (int z = 0; z < noise.size('z'); z++) {
            float[] slice = new float[width * height];
            System.arraycopy(noise.data(), z * slice.length, slice, 0, slice.length);
            stack.addSlice("", slice);
        }
        return new ImagePlus("noise", stack);
    }
}
