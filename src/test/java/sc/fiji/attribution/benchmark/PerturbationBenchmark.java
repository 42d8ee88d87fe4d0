/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.GoldenMs3d;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/**
 * How much faster occlusion is that computes only what a box changes; what methods that only look
 * at scores cost over the forward passes they need; how much memory many masks take; the exact
 * Shapley values of a real network's regions against brute force. Arguments: which parts to run, of
 * occlusion, overhead, masks and shapley; without any, all.
 */
public final class PerturbationBenchmark {

    private static final int ROUNDS = 3;

    /** Of runs of a second or less. */
    private static final int SHORT_ROUNDS = 11;

    private PerturbationBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        List<String> parts =
                arguments.length > 0
                        ? List.of(arguments)
                        : List.of("occlusion", "overhead", "masks", "shapley");
        Path samples = Path.of("sample-images");
        Tensor brain;
        try (Classifier classifier =
                Engines.open(samples.resolve("lesion-classifier"), ModelOptions.NONE)) {
            brain =
                    ModelInput.of(
                                    classifier.spec(),
                                    ImageFile.open(
                                            samples.resolve("brain-lesions-1.tif").toString()))
                            .tensor(0);
            if (parts.contains("occlusion")) {
                occlusion("sample", classifier, brain);
            }
            if (parts.contains("overhead")) {
                overhead("sample", classifier, brain);
            }
            if (parts.contains("masks")) {
                masks(classifier, brain);
            }
        }
        Path golden = Resources.bundled("golden/ms3d");
        try (Classifier classifier =
                Engines.open(golden.resolve("saved_model"), ModelOptions.NONE)) {
            Map<String, Npy> figures = Npy.readAll(golden.resolve("regions.npz"));
            Tensor input = GoldenMs3d.channelsLast(figures.get("input"));
            if (parts.contains("occlusion")) {
                occlusion("ms3d", classifier, input);
            }
            if (parts.contains("overhead")) {
                overhead("ms3d", classifier, input);
            }
            if (parts.contains("shapley")) {
                shapley(classifier, input, figures);
            }
        }
        if (parts.contains("occlusion")) {
            fourBlocks();
        }
        System.exit(0);
    }

    private static void fourBlocks() throws IOException {
        Path folder = Files.createTempDirectory("benchmark-");
        for (boolean norm : new boolean[] {false, true}) {
            Path model = Networks.fourBlocks(folder.resolve("norm-" + norm), norm);
            try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
                Tensor input = Tensor.zeros(classifier.spec().axes(), 1, 96, 112, 96, 1);
                Random random = new Random(0);
                for (int i = 0; i < input.length(); i++) {
                    input.data()[i] = random.nextFloat();
                }
                occlusion("4 blocks" + (norm ? ", batch norm" : ""), classifier, input);
            }
        }
    }

    /** Boxes of 8×8×8 with stride 8, in turns with the plain way and its automatic batch. */
    private static void occlusion(String name, Classifier classifier, Tensor input) {
        double[] fast = new double[ROUNDS];
        double[] plain = new double[ROUNDS];
        double difference = 0;
        double range = 0;
        Attribution found = null;
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            found = run(classifier, input, "Occlusion", Map.of(), null, Progress.NONE);
            fast[i] = (System.nanoTime() - start) / 1e9;
            start = System.nanoTime();
            Map<String, String> whole = Map.of("computation", "plain");
            Attribution all = run(classifier, input, "Occlusion", whole, null, Progress.NONE);
            plain[i] = (System.nanoTime() - start) / 1e9;
            for (int k = 0; k < all.map().length(); k++) {
                double off = Math.abs(all.map().data()[k] - found.map().data()[k]);
                difference = Math.max(difference, off);
            }
            range = Math.abs(all.classLogits()[1] - all.classLogits()[0]);
        }
        System.out.printf(
                Locale.ROOT,
                "%s: %s boxes, plain %.1f s, occlusion %.1f s: %.1f times as fast; maps differ by"
                        + " %.1e of the logits' range%n  cut at %s; %s%n",
                name,
                found.findings().get("boxes"),
                Measured.median(plain),
                Measured.median(fast),
                Measured.median(plain) / Measured.median(fast),
                difference / range,
                found.findings().get("occlusion.cuts"),
                found.findings().get("occlusion.saved"));
    }

    private static Attribution run(
            Classifier classifier,
            Tensor input,
            String name,
            Map<String, String> options,
            Regions regions,
            Progress progress) {
        AttributionMethod method = AttributionMethods.named(name);
        Settings settings = Settings.of(method.declaration().options(), options);
        Problem problem = new Problem(classifier, input, "1", new Baseline.Constant(0), settings);
        return method.attribute(regions == null ? problem : problem.with(regions), progress);
    }

    /** Occlusion against the raw passes, batch 1 and automatic, alternating. */
    private static void overhead(String name, Classifier classifier, Tensor input) {
        double[] raw = new double[SHORT_ROUNDS];
        double[] one = new double[SHORT_ROUNDS];
        double[] automatic = new double[SHORT_ROUNDS];
        long passes = 0;
        for (int i = 0; i < SHORT_ROUNDS; i++) {
            long start = System.nanoTime();
            passes = run(classifier, input, "Occlusion", boxes("1"), null, Progress.NONE).passes();
            one[i] = (System.nanoTime() - start) / 1e9;
            start = System.nanoTime();
            for (int k = 0; k < passes; k++) {
                classifier.logits(input);
            }
            raw[i] = (System.nanoTime() - start) / 1e9;
            start = System.nanoTime();
            run(classifier, input, "Occlusion", boxes("0"), null, Progress.NONE);
            automatic[i] = (System.nanoTime() - start) / 1e9;
        }
        System.out.printf(
                Locale.ROOT,
                "%s: %d raw passes %.2f s; occlusion %.2f s = %.2f times (batch 1), %.2f times"
                        + " (automatic batch)%n",
                name,
                passes,
                Measured.median(raw),
                Measured.median(one),
                Measured.median(one) / Measured.median(raw),
                Measured.median(automatic) / Measured.median(raw));
    }

    private static Map<String, String> boxes(String batch) {
        return Map.of("window", "12", "stride", "12", "batch", batch, "computation", "plain");
    }

    private static void masks(Classifier classifier, Tensor input) {
        for (int count : new int[] {400, 4000}) {
            long start = System.nanoTime();
            Map<String, String> options = Map.of("masks", Integer.toString(count));
            double peak =
                    LiveHeap.peakMegabytes(p -> run(classifier, input, "RISE", options, null, p));
            System.out.printf(
                    Locale.ROOT,
                    "RISE, %d masks: %.1f s, %.1f MB of heap%n",
                    count,
                    (System.nanoTime() - start) / 1e9,
                    peak);
        }
    }

    private static void shapley(Classifier classifier, Tensor input, Map<String, Npy> figures) {
        Npy labels = figures.get("voronoi12");
        float[] fromOne = labels.floats();
        for (int i = 0; i < fromOne.length; i++) {
            fromOne[i]++;
        }
        int[] shape = {1, labels.shape()[0], labels.shape()[1], labels.shape()[2]};
        List<String> names = IntStream.range(0, 12).mapToObj(Integer::toString).toList();
        Regions regions = new Regions(new Tensor(new Axes("bzyx"), shape, fromOne), names);
        for (String method : List.of("Shapley Values", "Banzhaf Values", "KernelSHAP")) {
            long start = System.nanoTime();
            Attribution found = run(classifier, input, method, Map.of(), regions, Progress.NONE);
            String figure = method.startsWith("Banzhaf") ? "banzhaf_exact_1" : "shapley_exact_1";
            double[] expected = figures.get(figure).values();
            double error = 0;
            for (int i = 0; i < expected.length; i++) {
                error = Math.max(error, Math.abs(found.regions().get(i).value() - expected[i]));
            }
            System.out.printf(
                    Locale.ROOT,
                    "ms3d, 12 regions, %s: %d passes, %.0f s, error %.1e logits%n",
                    method,
                    found.passes(),
                    (System.nanoTime() - start) / 1e9,
                    error);
        }
    }
}
