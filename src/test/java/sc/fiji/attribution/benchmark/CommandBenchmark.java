/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import com.sun.management.OperatingSystemMXBean;
import ij.ImagePlus;
import ij.ImageStack;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.fiji.MapRun;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * What a whole map costs beside its forward and backward pass: an image is read, a Gradient made,
 * and the map written, as the command does, in turn with the bare passes; four blocks with batch
 * normalisation at 96×112×96. Seconds of the clock, the least of several, and of the processors,
 * the mean, since they are counted in ticks of 10 ms; then the same of the steps of the last way.
 */
public final class CommandBenchmark {

    private static final int ROUNDS = 20;

    /** In which the compilers are busy. */
    private static final int BEFORE = 15;

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private CommandBenchmark() {}

    /** One way of making a map. */
    private record Way(String name, Runnable work) {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createTempDirectory("command-");
        try (Classifier classifier =
                Engines.open(Networks.fourBlocks(folder.resolve("m"), true), ModelOptions.NONE)) {
            Tensor image = Measured.noise(classifier);
            Way[] ways = {
                new Way("bare", bare(classifier, image)),
                new Way("map only", inMemory(classifier)),
                new Way("tif", map(classifier, folder, "tif", 96, 112)),
                new Way("nii.gz", map(classifier, folder, "nii.gz", 96, 112)),
                new Way("resampled, tif", map(classifier, folder, "tif", 192, 224))
            };
            print(ways);
            System.out.println("resampled, step by step:");
            print(steps(classifier, folder));
        }
        System.exit(0);
    }

    private static void print(Way[] ways) {
        double[] clock = new double[ways.length];
        double[] processors = new double[ways.length];
        Arrays.fill(clock, Double.POSITIVE_INFINITY);
        for (int round = -BEFORE; round < ROUNDS; round++) {
            for (int i = 0; i < ways.length; i++) {
                long before = SYSTEM.getProcessCpuTime();
                double seconds = Measured.seconds(ways[i].work());
                if (round >= 0) {
                    clock[i] = Math.min(clock[i], seconds);
                    processors[i] += (SYSTEM.getProcessCpuTime() - before) / 1e9 / ROUNDS;
                }
            }
        }
        for (int i = 0; i < ways.length; i++) {
            System.out.printf(
                    Locale.ROOT,
                    "%-16s %6.3f s (%.2f x bare)  CPU %6.3f s (%.2f x bare)%n",
                    ways[i].name(),
                    clock[i],
                    clock[i] / clock[0],
                    processors[i],
                    processors[i] / processors[0]);
        }
    }

    /** Those of a resampled map, behind the bare passes. */
    private static Way[] steps(Classifier classifier, Path folder) {
        String input = folder.resolve("image192.tif").toString();
        String output = folder.resolve("map192.tif").toString();
        Tensor image = Measured.noise(classifier);
        ImagePlus[] read = new ImagePlus[1];
        MapRun[] run = new MapRun[1];
        AttributionTool.Result[] made = new AttributionTool.Result[1];
        return new Way[] {
            new Way("bare", bare(classifier, image)),
            new Way("read", () -> read[0] = ImageFile.open(input)),
            new Way("to the model", () -> run[0] = tool(classifier).prepare(read[0])),
            new Way("run", () -> run[0].attribute(Progress.NONE)),
            new Way("to the image", () -> made[0] = run[0].finish()),
            new Way("write", () -> ImageFile.save(made[0].image(), output))
        };
    }

    private static Runnable bare(Classifier classifier, Tensor image) {
        float[][] cotangent = {{1, 0}};
        return () -> classifier.gradients().orElseThrow().gradient(image, cotangent);
    }

    private static Runnable inMemory(Classifier classifier) {
        ImagePlus image = noise(96, 112);
        return () -> tool(classifier).run(image, Progress.NONE);
    }

    private static Runnable map(
            Classifier classifier, Path folder, String format, int edge, int height) {
        String input = folder.resolve("image" + edge + "." + format).toString();
        ImageFile.save(noise(edge, height), input);
        String output = folder.resolve("map" + edge + "." + format).toString();
        return () -> {
            ImagePlus image = ImageFile.open(input);
            ImageFile.save(tool(classifier).run(image, Progress.NONE).image(), output);
        };
    }

    private static AttributionTool tool(Classifier classifier) {
        return new AttributionTool(classifier).method("Gradient").target("0");
    }

    private static ImagePlus noise(int edge, int height) {
        Random random = new Random(0);
        ImageStack stack = new ImageStack(edge, height);
        for (int z = 0; z < edge; z++) {
            float[] plane = new float[edge * height];
            for (int i = 0; i < plane.length; i++) {
                plane[i] = random.nextFloat();
            }
            stack.addSlice("", plane);
        }
        return new ImagePlus("noise", stack);
    }
}
