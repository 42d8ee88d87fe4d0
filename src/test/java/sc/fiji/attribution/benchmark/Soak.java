/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import static org.junit.jupiter.api.Assertions.assertThrows;

import ij.ImagePlus;
import ij.ImageStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.fiji.AttributionTool;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * Many maps in one process, each followed by one that is cancelled on its way, the model opened
 * anew every ten maps; prints after each ten the resident set in kB, open descriptors, threads, and
 * files in the temporary folder. Linux only.
 */
public final class Soak {

    private Soak() {}

    /**
     * @param arguments model folder, number of maps
     */
    public static void main(String[] arguments) throws IOException {
        Path model = Path.of(arguments[0]);
        int maps = Integer.parseInt(arguments[1]);
        Classifier classifier = Engines.open(model, ModelOptions.NONE);
        ImagePlus image = noise(classifier);
        for (int i = 1; i <= maps; i++) {
            AttributionTool tool = new AttributionTool(classifier).options(Map.of("steps", "4"));
            tool.run(image, Progress.NONE);
            // Half way, too: what a cancelled run holds must go.
            int steps = i % 4;
            assertThrows(CancelledException.class, () -> tool.run(image, cancelAfter(steps)));
            if (i % 10 == 0) {
                classifier.close();
                classifier = Engines.open(model, ModelOptions.NONE);
                System.gc();
                System.out.printf(
                        "%d maps: %d kB, %d descriptors, %d threads, %d temporary files%n",
                        i,
                        residentKilobytes(),
                        entries(Path.of("/proc/self/fd")),
                        entries(Path.of("/proc/self/task")),
                        entries(Path.of(System.getProperty("java.io.tmpdir"))));
            }
        }
        classifier.close();
        System.exit(0);
    }

    private static long entries(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.count();
        }
    }

    private static Progress cancelAfter(int steps) {
        return (done, total, what) -> {
            if (done >= steps) {
                throw new CancelledException();
            }
        };
    }

    private static ImagePlus noise(Classifier classifier) {
        int width = classifier.spec().size('x');
        int height = classifier.spec().size('y');
        int channels = classifier.spec().size('c');
        int slices = classifier.spec().size('z');
        Random random = new Random(0);
        ImageStack stack = new ImageStack(width, height);
        for (int i = 0; i < channels * slices; i++) {
            float[] pixels = new float[width * height];
            for (int j = 0; j < pixels.length; j++) {
                pixels[j] = random.nextFloat();
            }
            stack.addSlice("", pixels);
        }
        ImagePlus image = new ImagePlus("noise", stack);
        image.setDimensions(channels, slices, 1);
        return image;
    }

    /** As Linux counts it. */
    static long residentKilobytes() throws IOException {
        return kilobytes("VmRSS:");
    }

    /** The most that the process ever held. */
    static long peakKilobytes() throws IOException {
        return kilobytes("VmHWM:");
    }

    private static long kilobytes(String of) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(of))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
