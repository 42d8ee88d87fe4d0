/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SavedModel;
import sc.fiji.attribution.engine.tensorflow.ModelSession;
import sc.fiji.attribution.engine.tensorflow.NativeKernels;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.AugmentedModel;
import sc.fiji.attribution.graph.Request;
import sc.fiji.attribution.graph.StockBackward;

/**
 * Forward and backward through networks as they were given, with TensorFlow's own gradient kernels,
 * against the graph that the plug-in makes of them; and op by op, where the time goes.
 *
 * <p>The limit is what the arithmetic alone would take: the forward pass, and the input gradients
 * of its convolutions, which have as many operations as they themselves, at their speed.
 */
public final class BackwardBenchmark {

    private static final int REPEATS = 9;

    private BackwardBenchmark() {}

    /**
     * @param arguments SavedModels; extents that they leave open are 64
     */
    public static void main(String[] arguments) throws IOException {
        System.out.println(
                "network                forward   fwd+bwd given  ours     given/ours  ours/forward"
                        + "  limit    ours/limit");
        Path folder = Files.createTempDirectory("benchmark-");
        for (String argument : arguments) {
            measure(Path.of(argument), 64);
        }
        measure(Networks.fourBlocks(folder.resolve("4-blocks"), false), 0);
        measure(Networks.fourBlocks(folder.resolve("4-blocks-norm"), true), 0);
        System.exit(0);
    }

    private static void measure(Path model, int open) {
        AugmentedModel augmented =
                AugmentedModel.read(model, Request.USUAL.on(NativeKernels::hasOneDnn));
        int[] shape = augmented.input().shape().clone();
        for (int i = 0; i < shape.length; i++) {
            shape[i] = i == 0 ? 1 : shape[i] < 0 ? open : shape[i];
        }
        SavedModel stock = StockBackward.of(model);
        try (ModelSession given = ModelSession.open(model, stock, DataType.DT_FLOAT);
                ModelSession ours =
                        ModelSession.open(model, augmented.savedModel(), DataType.DT_FLOAT)) {
            Map<String, Values> toGiven = given.noise(shape, augmented.head().classes());
            Map<String, Values> toOurs = ours.noise(shape, augmented.head().classes());
            double[] forward = new double[REPEATS];
            double[] before = new double[REPEATS];
            double[] after = new double[REPEATS];
            for (int i = -3; i < REPEATS; i++) {
                double f = ours.seconds(toOurs, false);
                double b = given.seconds(toGiven, true);
                double a = ours.seconds(toOurs, true);
                if (i >= 0) {
                    forward[i] = f;
                    before[i] = b;
                    after[i] = a;
                }
            }
            Map<String, Double> shares = shares(ours, toOurs, false);
            double convolutions =
                    shares.entrySet().stream()
                            .filter(op -> op.getKey().matches(".*(Conv|MatMul).*"))
                            .mapToDouble(Map.Entry::getValue)
                            .sum();
            double limit = median(forward) * (1 + convolutions);
            System.out.printf(
                    Locale.ROOT,
                    "%-20.20s  %7.4f s  %9.4f s  %7.4f s  %8.2f  %10.2f    %7.4f s  %6.2f%n",
                    model.getFileName().toString().equals("saved_model")
                            ? model.getParent().getFileName()
                            : model.getFileName(),
                    median(forward),
                    median(before),
                    median(after),
                    median(before) / median(after),
                    median(after) / median(forward),
                    limit,
                    median(after) / limit);
            System.out.println("  forward: " + text(shares));
            System.out.println("  given:   " + text(shares(given, toGiven, true)));
            System.out.println("  ours:    " + text(shares(ours, toOurs, true)));
        }
    }

    /** Share of each type of op in the time that all ops take, over several passes. */
    private static Map<String, Double> shares(
            ModelSession session, Map<String, Values> feeds, boolean backward) {
        Map<String, Double> times = new TreeMap<>();
        for (int i = 0; i < REPEATS; i++) {
            session.microseconds(feeds, backward)
                    .forEach((op, time) -> times.merge(op, (double) time, Double::sum));
        }
        double all = times.values().stream().mapToDouble(Double::doubleValue).sum();
        times.replaceAll((op, time) -> time / all);
        return times;
    }

    private static String text(Map<String, Double> shares) {
        StringBuilder text = new StringBuilder();
        shares.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .filter(op -> op.getValue() >= 0.01)
                .forEach(
                        op ->
                                text.append(
                                        String.format(
                                                Locale.ROOT,
                                                "%s %.0f %%  ",
                                                op.getKey(),
                                                100 * op.getValue())));
        return text.toString();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
