/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import sc.fiji.attribution.engine.tensorflow.NativeSession;

/**
 * Makes all of {@code sample-images} anew but its README. System properties: {@code mni}, the
 * folder of the ICBM 2009a tissue maps; {@code ms}, that of the lesion masks; {@code samples},
 * where to write, by default {@code sample-images}; {@code brains} and {@code steps} of the
 * training.
 */
public final class MakeSamples {

    private static final int HELD_OUT = 60;
    private static final int EXPLAINED = 6;
    private static final int STEPS = 50;

    /** Held-out pairs begin at this seed. */
    private static final int UNSEEN = 100_000;

    private MakeSamples() {}

    public static void main(String[] arguments) throws Exception {
        // Before the first class of DJL: it would look for updates and report its use.
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
        // One thread adds up in one order, so that the weights come out the same.
        System.setProperty("ai.djl.pytorch.num_threads", "1");
        NativeSession.prepare();
        long start = System.nanoTime();
        BrainTemplate template = BrainTemplate.read(Path.of(System.getProperty("mni")));
        LesionShapes shapes = LesionShapes.read(Path.of(System.getProperty("ms")));
        List<Training.Pair> training =
                pairs(template, shapes.part(false), 0, Integer.getInteger("brains", 150));
        List<Training.Pair> unseen = pairs(template, shapes.part(true), UNSEEN, HELD_OUT);
        System.out.printf(
                "%d pairs of brains to train on, %d held out, %d lesion shapes%n",
                training.size(), unseen.size(), shapes.shapes().size());

        Path folder = Path.of(System.getProperty("samples", "sample-images"));
        Files.createDirectories(folder);
        try (LesionClassifier classifier = new LesionClassifier(1)) {
            new Training(Integer.getInteger("steps", 1700), 8, 0.004f).run(classifier, training, 2);
            double accuracy = accuracy(classifier, unseen);
            double ratio = localisation(classifier, unseen);
            images(folder, template, unseen);
            export(folder.resolve("lesion-classifier"), classifier, unseen);
            if (accuracy < 0.95 || ratio < 10) {
                throw new IllegalStateException(
                        "the classifier is not good enough: do not keep it");
            }
        }
        System.out.printf("%.0f s in all%n", (System.nanoTime() - start) / 1e9);
    }

    private static List<Training.Pair> pairs(
            BrainTemplate template, LesionShapes shapes, int first, int count) {
        return IntStream.range(first, first + count)
                .parallel()
                .mapToObj(seed -> pair(template, shapes, seed))
                .toList();
    }

    /** One brain without and with lesions: all else, noise included, is the same. */
    private static Training.Pair pair(BrainTemplate template, LesionShapes shapes, long seed) {
        BrainVariation brain = new BrainVariation(7919 * seed + 1);
        LesionMap none = LesionMap.none(template);
        LesionMap some = LesionMap.draw(template, shapes, 104729 * seed + 2);
        return new Training.Pair(
                SampleVolume.render(template, brain, none, true),
                SampleVolume.render(template, brain, some, false));
    }

    private static double accuracy(LesionClassifier classifier, List<Training.Pair> unseen) {
        int healthy = 0;
        int lesions = 0;
        for (Training.Pair pair : unseen) {
            healthy += classifier.probabilities(pair.healthy())[0] > 0.5 ? 1 : 0;
            lesions += classifier.probabilities(pair.lesions())[1] > 0.5 ? 1 : 0;
        }
        double accuracy = (healthy + lesions) / (2.0 * unseen.size());
        System.out.printf(
                "held out: %d of %d healthy and %d of %d with lesions are right, %.1f %%%n",
                healthy, unseen.size(), lesions, unseen.size(), 100 * accuracy);
        return accuracy;
    }

    private static double localisation(LesionClassifier classifier, List<Training.Pair> unseen) {
        double mean = 0;
        for (int n = 0; n < EXPLAINED; n++) {
            Training.Pair pair = unseen.get(n);
            SampleVolume lesions = pair.lesions();
            Localisation black =
                    Localisation.of(lesions, classifier.integratedGradients(lesions, null, STEPS));
            Localisation twin =
                    Localisation.of(
                            lesions,
                            classifier.integratedGradients(lesions, pair.healthy(), STEPS / 5));
            System.out.printf(
                    "brain %d: %d lesion voxels, p = %.4f without, %.4f with; positive attribution"
                            + " in them %.1f %%, by chance %.2f %%, ratio %.1f; from the healthy"
                            + " brain %.1f%n",
                    n + 1,
                    lesions.lesionVoxels(),
                    classifier.probabilities(pair.healthy())[1],
                    classifier.probabilities(lesions)[1],
                    100 * black.inside(),
                    100 * black.share(),
                    black.ratio(),
                    twin.ratio());
            mean += black.ratio() / EXPLAINED;
        }
        System.out.printf("mean ratio %.1f%n", mean);
        return mean;
    }

    /** Three brains with lesions; of the first also its healthy twin, and one healthy stranger. */
    private static void images(Path folder, BrainTemplate template, List<Training.Pair> unseen)
            throws IOException {
        double[] world = template.white().place().voxel(0, 0, 0);
        double[] first = SampleVolume.first(template.bounds());
        double[] origin = new double[3];
        for (int axis = 0; axis < 3; axis++) {
            origin[axis] = (world[axis] - first[axis]) / SampleVolume.SIZE;
        }
        SampleFiles files = new SampleFiles(folder, origin);
        files.tissue("brain-healthy-1", unseen.get(0).healthy());
        files.tissue("brain-healthy-2", unseen.get(4).healthy());
        for (int n = 0; n < 3; n++) {
            String name = "brain-lesions-" + (n + 1);
            files.tissue(name, unseen.get(n).lesions());
            files.mask(name + "-mask", unseen.get(n).lesions());
        }
    }

    private static void export(Path folder, LesionClassifier classifier, List<Training.Pair> unseen)
            throws Exception {
        Path scratch = Files.createTempDirectory("variables");
        new SavedModelExport(classifier).write(folder, scratch);
        remove(scratch);
        List<SampleVolume> volumes = new ArrayList<>();
        unseen.forEach(pair -> volumes.addAll(List.of(pair.healthy(), pair.lesions())));
        double difference = ExportCheck.difference(folder, classifier, volumes);
        System.out.printf(
                "TensorFlow and PyTorch differ by %.2g in %d volumes%n",
                difference, volumes.size());
        if (!(difference < 1e-4)) {
            throw new IllegalStateException("the exported model is not the trained one");
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
    }
}
