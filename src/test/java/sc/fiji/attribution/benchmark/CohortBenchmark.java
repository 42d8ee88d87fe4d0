/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import com.sun.management.OperatingSystemMXBean;
import ij.ImagePlus;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import sc.fiji.attribution.cohort.run.CohortSettings;
import sc.fiji.attribution.cohort.run.CohortTool;
import sc.fiji.attribution.cohort.run.SmallCohort;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * How much of the time of a cohort is the network's: maps of many subjects, with all reading and
 * writing, against forward and backward passes alone; and whether the heap grows with the subjects.
 */
public final class CohortBenchmark {

    private static final int IMAGES = 12;

    private CohortBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        int subjects = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 300;
        Path folder = Files.createTempDirectory("cohort-benchmark");
        Path few = SmallCohort.write(folder, IMAGES);
        List<String> rows = Files.readAllLines(few);
        List<String> many = new ArrayList<>(List.of("id,image,label,site"));
        for (int i = 0; i < subjects; i++) {
            String[] cells = rows.get(1 + i % IMAGES).split(",");
            many.add("n" + i + "," + cells[1] + "," + cells[2] + "," + cells[3]);
        }
        Path table = Files.write(folder.resolve("many.csv"), many);
        try (Classifier classifier = Engines.open(SmallCohort.model(), ModelOptions.NONE)) {
            // The first round warms up, and collects garbage to see what lives.
            List<Long> heap = new ArrayList<>();
            bare(classifier, folder, subjects / 2);
            run(classifier, table, folder.resolve("first"), true, heap);
            Time bare = bare(classifier, folder, subjects / 2);
            Time all = run(classifier, table, folder.resolve("second"), false, heap);
            bare = bare.and(bare(classifier, folder, subjects - subjects / 2));
            System.out.printf(
                    "%d subjects: %.4f s each by the clock, bare passes %.4f s: %.2f; of processor"
                            + " time %.4f s, bare %.4f s: %.2f; live heap in MB as it went: %s%n",
                    subjects,
                    all.clock() / subjects,
                    bare.clock() / subjects,
                    bare.clock() / all.clock(),
                    all.processor() / subjects,
                    bare.processor() / subjects,
                    bare.processor() / all.processor(),
                    heap.stream().distinct().toList());
            System.out.printf(
                    "of a subject's processor time the network's threads %.1f ms, the JVM's"
                            + " compilers %.1f ms (second one %.1f), all else %.1f ms%n",
                    1e3 * all.network() / subjects,
                    1e3 * (all.first() + all.second()) / subjects,
                    1e3 * all.second() / subjects,
                    1e3
                            * (all.processor() - all.network() - all.first() - all.second())
                            / subjects);
        }
    }

    /**
     * Seconds.
     *
     * @param network of the processor's, those of TensorFlow's threads and of the one that calls it
     * @param first those of the JVM's first compiler
     * @param second those of its second one
     */
    private record Time(
            double clock, double processor, double network, double first, double second) {

        private static Time now() throws IOException {
            return new Time(
                    System.nanoTime() * 1e-9,
                    cpu(),
                    threads("attribution-mod"),
                    threads("C1 Compiler"),
                    threads("C2 Compiler"));
        }

        static Time of(Runnable work) throws IOException {
            Time start = now();
            work.run();
            return now().and(start, -1);
        }

        Time and(Time other) {
            return and(other, 1);
        }

        private Time and(Time other, int sign) {
            return new Time(
                    clock + sign * other.clock,
                    processor + sign * other.processor,
                    network + sign * other.network,
                    first + sign * other.first,
                    second + sign * other.second);
        }
    }

    /** Of living threads with such names; 0 where the system is not Linux. */
    private static double threads(String name) throws IOException {
        Path tasks = Path.of("/proc/self/task");
        if (!Files.isDirectory(tasks)) {
            return 0;
        }
        double hundredths = 0;
        try (Stream<Path> all = Files.list(tasks)) {
            for (Path task : all.toList()) {
                String stat = stat(task);
                if (stat.contains("(" + name)) {
                    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                    hundredths += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
                }
            }
        }
        return hundredths / 100;
    }

    private static String stat(Path task) throws IOException {
        try {
            return Files.readString(task.resolve("stat"));
        } catch (NoSuchFileException e) {
            return ""; // it has ended
        }
    }

    private static Time run(
            Classifier classifier, Path table, Path output, boolean look, List<Long> heap)
            throws IOException {
        CohortSettings settings =
                CohortSettings.of(
                        Map.of(
                                "table",
                                table.toString(),
                                "method",
                                "Gradient",
                                "permutations",
                                "0",
                                "output",
                                output.toString()));
        return Time.of(
                () ->
                        new CohortTool(classifier, settings)
                                .run(
                                        (done, total, what) -> {
                                            if (look && heap.size() <= 6 * done / total) {
                                                heap.add(used());
                                            }
                                        }));
    }

    private static Time bare(Classifier classifier, Path folder, int passes) throws IOException {
        ImagePlus image = ImageFile.open(folder.resolve("images/s0.tif").toString());
        Tensor input = ModelInput.of(classifier.spec(), image).tensor(0);
        Classifier.Gradients gradients = classifier.gradients().orElseThrow();
        return Time.of(
                () -> {
                    for (int i = 0; i < passes; i++) {
                        gradients.gradient(input, new float[][] {{-1, 1}});
                    }
                });
    }

    private static double cpu() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                * 1e-9;
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory() >> 20;
    }
}
