/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Grid;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * Seconds of methods on the networks that {@code peers.py} wrote, with its images, for the table of
 * ratios that it prints; see there for how to run the two.
 */
public final class PeerBenchmark {

    private static final Map<String, Map<String, String>> METHODS = new LinkedHashMap<>();

    static {
        METHODS.put("Gradient", Map.of());
        METHODS.put("Integrated Gradients", Map.of("steps", "50"));
        METHODS.put("SmoothGrad", Map.of("samples", "50"));
        METHODS.put("Grad-CAM", Map.of());
        METHODS.put("Guided Backprop", Map.of());
        METHODS.put("LRP", Map.of());
        METHODS.put("DeepLIFT", Map.of());
        METHODS.put("Occlusion", Map.of());
    }

    /** Networks whose images are large get less of it. */
    private static final double SECONDS = 6;

    private PeerBenchmark() {}

    /**
     * @param arguments the folder of {@code peers.py}; then names of networks, or none for all;
     *     {@code batches} among them compares the batches of Integrated Gradients
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        List<String> wanted = List.of(arguments).subList(1, arguments.length);
        List<Path> networks;
        try (Stream<Path> files = Files.list(folder)) {
            networks =
                    files.filter(file -> file.toString().endsWith(".pt"))
                            .filter(file -> names(wanted).isEmpty() || wanted.contains(name(file)))
                            .sorted()
                            .toList();
        }
        List<String> lines = new ArrayList<>(List.of("network,what,seconds"));
        for (Path network : networks) {
            measure(network, wanted.contains("batches"), lines);
        }
        Files.write(folder.resolve("ours.csv"), lines);
        System.exit(0);
    }

    private static List<String> names(List<String> wanted) {
        return wanted.stream().filter(name -> !name.equals("batches")).toList();
    }

    private static String name(Path network) {
        return network.getFileName().toString().replace(".pt", "");
    }

    private static void measure(Path network, boolean batches, List<String> lines)
            throws IOException {
        String name = name(network);
        try (Classifier classifier = Engines.open(network, ModelOptions.NONE)) {
            Tensor image = image(network.resolveSibling(name + ".bin"), classifier);
            tell(lines, name, "forward", seconds(() -> classifier.logits(image)));
            float[][] cotangent = new float[1][classifier.logits(image)[0].length];
            cotangent[0][0] = 1;
            Classifier.Gradients gradients = classifier.gradients().orElseThrow();
            tell(
                    lines,
                    name,
                    "forward and backward",
                    seconds(() -> gradients.gradient(image, cotangent)));
            for (int batch = 1; batches && batch <= 32; batch *= 2) {
                Map<String, String> options = Map.of("steps", "32", "batch", "" + batch);
                tell(
                        lines,
                        name,
                        "32 steps in batches of " + batch,
                        seconds(() -> run(classifier, image, "Integrated Gradients", options)));
            }
            for (Map.Entry<String, Map<String, String>> method : METHODS.entrySet()) {
                Map<String, String> options = new LinkedHashMap<>(method.getValue());
                if (method.getKey().equals("Occlusion")) {
                    boolean volume = image.axes().has('z');
                    options.put("window", volume ? "8" : "16");
                    options.put("stride", volume ? "8" : "16");
                }
                tell(
                        lines,
                        name,
                        method.getKey(),
                        seconds(() -> run(classifier, image, method.getKey(), options)));
            }
            tell(lines, name, "peak memory", Soak.peakKilobytes() / 1024.0);
        }
    }

    private static void run(
            Classifier classifier, Tensor image, String name, Map<String, String> options) {
        AttributionMethod method = AttributionMethods.named(name);
        Settings settings = Settings.of(method.declaration().options(), options);
        method.attribute(
                new Problem(
                        classifier,
                        image,
                        "0",
                        new Baseline.Constant(0),
                        settings,
                        Grid.SAME,
                        Optional.empty(),
                        Optional.empty()),
                Progress.NONE);
    }

    /** The shortest of several runs after two to warm up. */
    private static double seconds(Runnable work) {
        double first = Measured.seconds(work);
        if (first < SECONDS) {
            Measured.seconds(work);
        }
        double shortest = Double.POSITIVE_INFINITY;
        double all = 0;
        for (int i = 0; i < 15 && (i == 0 || all < SECONDS); i++) {
            double seconds = Measured.seconds(work);
            shortest = Math.min(shortest, seconds);
            all += seconds;
        }
        return shortest;
    }

    private static void tell(List<String> lines, String network, String what, double value) {
        String line = String.format(Locale.ROOT, "%s,%s,%.5g", network, what, value);
        lines.add(line);
        System.out.println(line);
    }

    /** Channels first, as little-endian float32. */
    private static Tensor image(Path file, Classifier classifier) throws IOException {
        int[] shape = classifier.spec().shape().clone();
        shape[0] = 1;
        Tensor image = Tensor.zeros(classifier.spec().axes(), shape);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(image.data());
        return image;
    }
}
