/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import ij.ImagePlus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.BaselineChoice;
import sc.fiji.attribution.fiji.region.RegionChoice;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * How much of each method's map lies in the lesions of the sample brains, and what it costs: means
 * over the three brains. Lesions are taken as they are, without the voxels around them. The
 * baseline of methods that have one is the mean healthy brain, with {@code zero} as argument black;
 * then the others are left out. Names of methods are run alone.
 */
public final class RelevanceMassBenchmark {

    private static final String ZERO = "zero";

    private static final int BRAINS = 3;

    private static final Path FOLDER = Path.of("sample-images");

    /** Instead of defaults that take minutes for each image. */
    private static final Map<String, String> CHEAPER =
            Map.of("masks", "300", "coalitions", "300", "permutations", "8");

    private final Classifier classifier;
    private final boolean zero;

    private RelevanceMassBenchmark(Classifier classifier, boolean zero) {
        this.classifier = classifier;
        this.zero = zero;
    }

    public static void main(String[] arguments) {
        List<String> names = new ArrayList<>(List.of(arguments));
        boolean zero = names.remove(ZERO);
        Path model = FOLDER.resolve("lesion-classifier");
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            new RelevanceMassBenchmark(classifier, zero).print(names);
        }
        System.exit(0);
    }

    private void print(List<String> names) {
        double chance = 0;
        for (int brain = 1; brain <= BRAINS; brain++) {
            chance += chance(open("lesions", brain), lesions(brain)) / BRAINS;
        }
        System.out.printf(Locale.ROOT, "Lesions: %.2f %% of the brain%n", 100 * chance);
        System.out.println("| method | positive | net | largest | passes | seconds |");
        System.out.println("|---|---|---|---|---|---|");
        for (AttributionMethod method : AttributionMethods.all()) {
            Declaration declaration = method.declaration();
            boolean wanted = names.isEmpty() || names.contains(declaration.name());
            if (wanted && (declaration.usesBaseline() || !zero)) {
                print(declaration);
            }
        }
    }

    private void print(Declaration declaration) {
        double[] mean = new double[5];
        // The first run also wakes the engine up for this method.
        map(declaration, 1, cheapest());
        for (int brain = 1; brain <= BRAINS; brain++) {
            long start = System.nanoTime();
            AttributionTool.Result result = map(declaration, brain, CHEAPER);
            double seconds = (System.nanoTime() - start) / 1e9;
            float[] values = values(result.image());
            RelevanceMass mass = RelevanceMass.of(values, lesions(brain));
            mean[0] += 100 * mass.positive() / BRAINS;
            mean[1] += 100 * net(values, lesions(brain)) / BRAINS;
            mean[2] += 100 * mass.rank() / BRAINS;
            mean[3] += (double) result.passes() / BRAINS;
            mean[4] += seconds / BRAINS;
        }
        System.out.printf(
                Locale.ROOT,
                "| %s | %.1f %% | %.1f %% | %.0f %% | %.0f | %.2g |%n",
                declaration.name(),
                mean[0],
                mean[1],
                mean[2],
                mean[3],
                mean[4]);
    }

    private static Map<String, String> cheapest() {
        Map<String, String> options = new HashMap<>(CHEAPER);
        for (String key : List.of("steps", "samples", "iterations", "masks", "permutations")) {
            options.put(key, "2");
        }
        return options;
    }

    private AttributionTool.Result map(
            Declaration declaration, int brain, Map<String, String> options) {
        Map<String, String> read = new HashMap<>(options);
        read.keySet().retainAll(declaration.options().stream().map(Option::key).toList());
        ImagePlus image = open("lesions", brain);
        AttributionTool tool =
                new AttributionTool(classifier)
                        .method(declaration.name())
                        .options(read)
                        .target("lesions");
        if (declaration.usesBaseline() && !zero) {
            ImagePlus reference = ImageFile.open(FOLDER.resolve("brain-reference.tif").toString());
            tool.baseline(new BaselineChoice("images", 0, 1, List.of(reference)));
        }
        if (declaration.usesRegions()) {
            // All sets of at most 16 regions, or sets of more.
            boolean exact = declaration.name().equals("Shapley Values");
            String regions = exact ? "supervoxels 90 mm" : "supervoxels 36 mm";
            tool.regions(RegionChoice.named(regions, "regions", image));
        }
        return tool.run(image, Progress.NONE);
    }

    private static ImagePlus open(String kind, Object brain) {
        String name = "brain-" + kind + "-" + brain + ".tif";
        return ImageFile.open(FOLDER.resolve(name).toString());
    }

    private static float[] values(ImagePlus map) {
        int plane = map.getWidth() * map.getHeight();
        float[] values = new float[plane * map.getNSlices()];
        for (int z = 0; z < map.getNSlices(); z++) {
            System.arraycopy(map.getStack().getPixels(z + 1), 0, values, z * plane, plane);
        }
        return values;
    }

    /** What the map adds up to in the lesions, over what it adds up to in all. */
    private static double net(float[] map, boolean[] inside) {
        double in = 0;
        double all = 0;
        for (int i = 0; i < map.length; i++) {
            in += inside[i] ? map[i] : 0;
            all += map[i];
        }
        return in / all;
    }

    private static boolean[] lesions(int brain) {
        ImagePlus mask = open("lesions", brain + "-mask");
        int plane = mask.getWidth() * mask.getHeight();
        boolean[] inside = new boolean[plane * mask.getNSlices()];
        for (int i = 0; i < inside.length; i++) {
            inside[i] = mask.getStack().getProcessor(i / plane + 1).get(i % plane) > 0;
        }
        return inside;
    }

    /** Share of the voxels with tissue that are inside. */
    private static double chance(ImagePlus image, boolean[] inside) {
        int w = image.getWidth();
        int h = image.getHeight();
        int brain = 0;
        int in = 0;
        for (int i = 0; i < inside.length; i++) {
            boolean tissue = false;
            for (int c = 0; c < image.getNChannels(); c++) {
                int slice = i / w / h * image.getNChannels() + c;
                tissue |= image.getStack().getVoxel(i % w, i / w % h, slice) > 0;
            }
            brain += tissue ? 1 : 0;
            in += inside[i] ? 1 : 0;
        }
        return (double) in / brain;
    }
}
