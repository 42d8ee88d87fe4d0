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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * One network in several formats: what opening it costs, and a pass forwards and backwards, against
 * the same as SavedModel, in seconds of the processor, so that what else the machine does counts
 * for nothing; the formats take turns. {@code make_twins.py} makes such folders; the peak of memory
 * of one file is {@link LargeModel}'s.
 */
public final class ImportBenchmark {

    private static final int OPENINGS = 5;
    private static final int ROUNDS = 9;

    /** The time of the processor is counted in hundredths of a second. */
    private static final double SECONDS_A_ROUND = 1;

    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private ImportBenchmark() {}

    /**
     * @param arguments folders, each with a {@code saved_model} and files of the same network
     */
    public static void main(String[] arguments) throws IOException {
        System.out.println("network  opened   of SavedModel's   both passes   of SavedModel's");
        for (String argument : arguments) {
            measure(Path.of(argument));
        }
        System.exit(0);
    }

    private static List<Path> models(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> models = new ArrayList<>(List.of(folder.resolve("saved_model")));
            files.filter(f -> f.toString().matches(".*\\.(onnx|pt|keras|h5)"))
                    .sorted()
                    .forEach(models::add);
            return models;
        }
    }

    private static void measure(Path folder) throws IOException {
        List<Path> models = models(folder);
        Map<Path, double[]> opened = new LinkedHashMap<>();
        Map<Path, double[]> passes = new LinkedHashMap<>();
        for (int i = -1; i < OPENINGS; i++) {
            for (Path model : models) {
                double seconds = seconds(() -> Engines.open(model, ModelOptions.NONE).close());
                if (i >= 0) {
                    opened.computeIfAbsent(model, m -> new double[OPENINGS])[i] = seconds;
                }
            }
        }
        Map<Path, Classifier> classifiers = new LinkedHashMap<>();
        models.forEach(m -> classifiers.put(m, Engines.open(m, ModelOptions.NONE)));
        int count = 1;
        for (int i = -1; i < ROUNDS; i++) {
            for (Path model : models) {
                Classifier classifier = classifiers.get(model);
                Tensor image = image(classifier, classifiers.get(models.get(0)));
                if (i < 0) {
                    passes(classifier, image, 5);
                    count =
                            Math.max(
                                    count,
                                    (int) (5 * SECONDS_A_ROUND / passes(classifier, image, 5)));
                } else {
                    passes.computeIfAbsent(model, m -> new double[ROUNDS])[i] =
                            passes(classifier, image, count) / count;
                }
            }
        }
        classifiers.values().forEach(Classifier::close);
        Path first = models.get(0);
        for (Path model : models) {
            System.out.printf(
                    Locale.ROOT,
                    "%s  %.2f s  %.2f + %.2f s  %.4f s  %.3f%n",
                    folder.getFileName().resolve(model.getFileName()),
                    median(opened.get(model)),
                    median(opened.get(model)) / median(opened.get(first)),
                    median(opened.get(model)) - median(opened.get(first)),
                    median(passes.get(model)),
                    median(passes.get(model)) / median(passes.get(first)));
        }
    }

    private static double passes(Classifier classifier, Tensor image, int count) {
        Classifier.Gradients gradients = classifier.gradients().orElseThrow();
        return seconds(
                () -> {
                    for (int pass = 0; pass < count; pass++) {
                        gradients.gradient(image, new float[][] {{1, 0}});
                    }
                });
    }

    /** Where the file leaves an extent open, as large as the SavedModel says. */
    private static Tensor image(Classifier classifier, Classifier savedModel) {
        String axes = classifier.spec().axes().toString();
        int[] shape = axes.chars().map(axis -> savedModel.spec().size((char) axis)).toArray();
        shape[0] = 1;
        Tensor image = Tensor.zeros(classifier.spec().axes(), shape);
        Random random = new Random(1);
        for (int i = 0; i < image.data().length; i++) {
            image.data()[i] = (float) random.nextGaussian();
        }
        return image;
    }

    private static double seconds(Runnable work) {
        long start = PROCESS.getProcessCpuTime();
        work.run();
        return (PROCESS.getProcessCpuTime() - start) * 1e-9;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
