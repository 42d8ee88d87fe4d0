/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
 * Maps by eight methods in turn, all on one open model; prints the resident set in kB after each
 * map of the first round, after every round, and once the model is closed. Linux only.
 */
public final class MethodsSoak {

    static final List<String> METHODS =
            List.of(
                    "Gradient",
                    "Guided Backprop",
                    "Deconvolution",
                    "LRP",
                    "DeepLIFT",
                    "Grad-CAM",
                    "Integrated Gradients",
                    "Layer Gradient x Activation");

    private MethodsSoak() {}

    /**
     * @param arguments model, number of rounds
     */
    public static void main(String[] arguments) throws IOException {
        int rounds = Integer.parseInt(arguments[1]);
        say("start");
        try (Classifier classifier = Engines.open(Path.of(arguments[0]), ModelOptions.NONE)) {
            say("open");
            Tensor image = Measured.noise(classifier);
            classifier.logits(image);
            say("forward");
            for (int round = 1; round <= rounds; round++) {
                for (String method : METHODS) {
                    attribute(classifier, image, method);
                    if (round == 1) {
                        say(method);
                    }
                }
                say("round " + round);
            }
        }
        say("closed");
        System.exit(0);
    }

    private static void attribute(Classifier classifier, Tensor image, String name) {
        AttributionMethod method = AttributionMethods.named(name);
        Map<String, String> given =
                name.contains("Integrated") ? Map.of("steps", "4", "batch", "2") : Map.of();
        Settings settings = Settings.of(method.declaration().options(), given);
        method.attribute(
                new Problem(classifier, image, "0", new Baseline.Constant(0), settings),
                Progress.NONE);
    }

    private static void say(String when) throws IOException {
        System.gc();
        System.out.println(when + ": " + Soak.residentKilobytes() + " kB");
    }
}
