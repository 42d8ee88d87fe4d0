/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.NativeTensorFlow;

/**
 * Opens a model in a process of its own, by the plug-in with a gradient, or by DJL alone, and
 * prints the most memory that the process ever held.
 */
public final class LargeModel {

    /** Extents that a file leaves open, as {@code make_twins.py} has them. */
    private static final int UNSAID = 64;

    private LargeModel() {}

    /**
     * @param arguments the model, and {@code djl} for DJL alone
     */
    public static void main(String[] arguments) throws IOException {
        Path model = Path.of(arguments[0]);
        if (arguments.length > 1) {
            ToDoubleFunction<Path> alone =
                    NativeTensorFlow.engineSide("sc.fiji.attribution.engine.tensorflow.DjlLoad");
            alone.applyAsDouble(model);
        } else {
            try (Classifier c = Engines.open(model, ModelOptions.NONE)) {
                int[] shape = c.spec().shape().clone();
                Arrays.setAll(shape, i -> shape[i] < 0 ? UNSAID : shape[i]);
                shape[0] = 1;
                Tensor x = Tensor.zeros(c.spec().axes(), shape);
                c.gradients().orElseThrow().gradient(x, new float[][] {{1, 0}});
            }
        }
        Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .forEach(line -> System.out.println(line.replaceAll("\\D", "")));
        System.exit(0);
    }
}
