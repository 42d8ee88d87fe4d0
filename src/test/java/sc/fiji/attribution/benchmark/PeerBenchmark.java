/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Grid;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Npy;

/**
 * Seconds of methods on the networks that {@code peers.py} wrote, with its images. It is started by
 * that script and takes turns with it: each line it reads names a network, a method (perhaps with
 * options, as in {@code Integrated Gradients;batch=4}) and for how many seconds to repeat it, and
 * is answered by the shortest time, of the clock and of the processors.
 */
public final class PeerBenchmark {

    private static final Map<String, Map<String, String>> OPTIONS =
            Map.of(
                    "Integrated Gradients", Map.of("steps", "50"),
                    "SmoothGrad", Map.of("samples", "50"));

    private static final int MOST_RUNS = 20;

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final Tensor image;
    private final Classifier classifier;
    private final Map<String, Runnable> works = new HashMap<>();

    private PeerBenchmark(Path network) throws IOException {
        this.classifier = Engines.open(network, ModelOptions.NONE);
        String name = network.getFileName().toString().replace(".pt", ".npy");
        Npy values = Npy.read(network.resolveSibling(name));
        this.image = new Tensor(classifier.spec().axes(), values.shape(), values.floats());
    }

    /**
     * @param arguments the folder of {@code peers.py}
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Map<String, PeerBenchmark> open = new HashMap<>();
        BufferedReader requests =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            String[] request = line.split("\t");
            if (!open.containsKey(request[0])) {
                open.put(request[0], new PeerBenchmark(folder.resolve(request[0] + ".pt")));
            }
            double peak = Soak.peakKilobytes() / 1024.0;
            Took answer =
                    request[1].equals("peak memory")
                            ? new Took(peak, peak)
                            : open.get(request[0])
                                    .shortest(request[1], Double.parseDouble(request[2]));
            System.out.printf(Locale.ROOT, "=%.6g %.6g%n", answer.seconds, answer.processor);
            System.out.flush();
        }
        System.exit(0);
    }

    /** Seconds, and those of all processors together. */
    private record Took(double seconds, double processor) {}

    /** The first call of a work also compiles and chooses what suits it, so it runs before. */
    private Took shortest(String what, double budget) {
        Runnable work = works.get(what);
        if (work == null) {
            work = work(what);
            works.put(what, work);
            work.run();
        }
        double shortest = Double.POSITIVE_INFINITY;
        double all = 0;
        int runs = 0;
        long before = SYSTEM.getProcessCpuTime();
        for (; runs < MOST_RUNS && (runs == 0 || all < budget); runs++) {
            double seconds = Measured.seconds(work);
            shortest = Math.min(shortest, seconds);
            all += seconds;
        }
        // It is counted in ticks of 10 ms: of all runs together.
        return new Took(shortest, (SYSTEM.getProcessCpuTime() - before) / 1e9 / runs);
    }

    private Runnable work(String what) {
        if (what.equals("forward")) {
            return () -> classifier.logits(image);
        }
        if (what.equals("forward and backward")) {
            float[][] cotangent = new float[1][classifier.logits(image)[0].length];
            cotangent[0][0] = 1;
            return () -> classifier.gradients().orElseThrow().gradient(image, cotangent);
        }
        String[] parts = what.split(";");
        Map<String, String> options = new HashMap<>(OPTIONS.getOrDefault(parts[0], Map.of()));
        if (parts[0].equals("Occlusion")) {
            String size = image.axes().has('z') ? "8" : "16";
            options.put("window", size);
            options.put("stride", size);
        }
        for (int i = 1; i < parts.length; i++) {
            String[] option = parts[i].split("=");
            options.put(option[0], option[1]);
        }
        AttributionMethod method = AttributionMethods.named(parts[0]);
        Problem problem =
                new Problem(
                        classifier,
                        image,
                        "0",
                        new Baseline.Constant(0),
                        Settings.of(method.declaration().options(), options),
                        Grid.SAME,
                        method.declaration().usesRegions()
                                ? Optional.of(grid(image))
                                : Optional.empty(),
                        Optional.empty());
        return () -> method.attribute(problem, Progress.NONE);
    }

    /** An even grid of regions: 7 × 7, or 4 × 4 × 4. */
    private static Regions grid(Tensor image) {
        String space = image.axes().spatial();
        int parts = space.length() == 2 ? 7 : 4;
        Axes axes = new Axes(image.axes().order().replace("c", ""));
        int[] shape = axes.order().chars().map(axis -> image.size((char) axis)).toArray();
        Tensor labels = Tensor.zeros(axes, shape);
        for (int i = 0; i < labels.length(); i++) {
            int label = 0;
            for (char axis : space.toCharArray()) {
                int n = labels.size(axis);
                label = label * parts + i / labels.stride(axis) % n * parts / n;
            }
            labels.data()[i] = label + 1;
        }
        int count = (int) Math.pow(parts, space.length());
        return new Regions(labels, IntStream.range(0, count).mapToObj(i -> "r" + i).toList());
    }
}
