/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.NativeTensorFlow;

/**
 * What opening a model costs, against DJL's own load of the same files. Reading, checking,
 * augmenting, hashing and loading, with the gradient, against loading alone.
 */
public final class OpenBenchmark {

    private static final int REPEATS = 7;

    private OpenBenchmark() {}

    /**
     * @param arguments model folders, or folders of such
     */
    public static void main(String[] arguments) throws Exception {
        List<Path> models = new ArrayList<>();
        for (String argument : arguments) {
            try (Stream<Path> files = Files.walk(Path.of(argument))) {
                files.filter(file -> file.endsWith("saved_model.pb"))
                        .map(Path::getParent)
                        .sorted()
                        .forEach(models::add);
            }
        }
        System.out.println("opened   DJL alone  ratio  model");
        for (Path model : models) {
            measure(model);
        }
        System.exit(0);
    }

    private static void measure(Path folder) throws Exception {
        ToDoubleFunction<Path> alone =
                NativeTensorFlow.engineSide("sc.fiji.attribution.engine.tensorflow.DjlLoad");
        double[] ours = new double[REPEATS];
        double[] bare = new double[REPEATS];
        try {
            Engines.open(folder, ModelOptions.NONE).close();
            for (int i = 0; i < REPEATS; i++) {
                long start = System.nanoTime();
                Engines.open(folder, ModelOptions.NONE).close();
                ours[i] = (System.nanoTime() - start) / 1e9;
                bare[i] = alone.applyAsDouble(folder);
            }
        } catch (AttributionException e) {
            System.out.println("refused                     " + folder);
            return;
        }
        Arrays.sort(ours);
        Arrays.sort(bare);
        double ratio = ours[REPEATS / 2] / bare[REPEATS / 2];
        System.out.printf(
                Locale.ROOT,
                "%.3f s  %.3f s    %5.2f  %s%n",
                ours[REPEATS / 2],
                bare[REPEATS / 2],
                ratio,
                folder);
    }
}
