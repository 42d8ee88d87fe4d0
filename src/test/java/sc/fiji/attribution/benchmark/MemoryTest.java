/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.AttributionMethods;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;

/** Memory does not grow: neither with the number of maps nor with that of steps. */
@Tag("long")
class MemoryTest {

    /** One that is given: the measured one takes what the machine's load makes fastest. */
    private static final int BATCH = 8;

    /** Enough batches that one is made, one computed and one summed at the same time. */
    private static final int FEW = 6 * BATCH;

    @TempDir Path folder;

    @Test
    void twoHundredMapsInOneProcess() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/proc/self/status")), "skipped: needs Linux' /proc");
        List<String> lines =
                lines(Soak.class, Resources.bundled("golden/ms3d/saved_model").toString(), "200");
        assertTrue(lines.get(lines.size() - 1).startsWith("200 maps"), lines.toString());
        long tenth = kilobytes(lines.get(0));
        // A single reading swings by a few percent with what the allocator holds back just then.
        long late = median(lines.subList(lines.size() - 5, lines.size()));
        System.out.printf(
                "resident set: %d MB after 10 maps, %d MB after 160 to 200 (%+.1f %%)%n",
                tenth >> 10, late >> 10, 100.0 * (late - tenth) / tenth);
        assertTrue(late <= 1.05 * tenth, lines.toString());
    }

    /** Each with one that is cancelled on its way, and the model opened anew a hundred times. */
    @Test
    void aThousandMapsLeaveNothingOpen() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/proc/self/status")), "skipped: needs Linux' /proc");
        List<String> lines =
                lines(Soak.class, Resources.bundled("fuzz/models/r_numbered").toString(), "1000");
        assertEquals(100, lines.size());
        long early = median(lines.subList(5, 15));
        long late = median(lines.subList(90, 100));
        System.out.printf(
                "after 60 to 150 maps %d MB, after 900 to 1,000 %d MB; %s%n",
                early >> 10, late >> 10, lines.get(99));
        assertTrue(late <= 1.05 * early, lines.toString());
        for (String what : List.of("descriptors", "threads", "temporary files")) {
            long before = count(lines.get(9), what);
            long after = count(lines.get(99), what);
            // Pools grow for a while, and others use the temporary folder, too.
            assertTrue(after <= before + 3, what + ": " + before + " to " + after);
        }
    }

    private static long count(String line, String what) {
        return Long.parseLong(line.replaceAll(".* (\\d+) " + what + ".*", "$1"));
    }

    /** Weights that stand in the graph must not be copied by each way of running it. */
    @Test
    void twoHundredMapsOfEightMethodsOverConstantWeights()
            throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/proc/self/status")), "skipped: needs Linux' /proc");
        Path model = Networks.resNet18(folder.resolve("resnet"), 64);
        List<String> lines = lines(MethodsSoak.class, model.toString(), "25");
        long weights = Files.size(model.resolve("saved_model.pb")) >> 10;
        long forward = kilobytes(line(lines, "forward"));
        long first = kilobytes(line(lines, "round 1"));
        long last = kilobytes(line(lines, "round 25"));
        System.out.printf(
                "resident set: %d MB after a forward pass, %d MB after a round of eight methods,"
                        + " %d MB after 25 (%+.1f %%), %d MB when closed; weights %d MB%n",
                forward >> 10,
                first >> 10,
                last >> 10,
                100.0 * (last - first) / first,
                kilobytes(line(lines, "closed")) >> 10,
                weights >> 10);
        assertTrue(last <= 1.05 * first, lines.toString());
        // Five kinds of passes, each with no more than 1.3 times the weights, activations included.
        assertTrue(first - forward < 5 * 1.3 * weights, lines.toString());
    }

    private static String line(List<String> lines, String start) {
        return line(lines, start + ":", 0);
    }

    /** Of several with the same start the one of that number, from 0. */
    private static String line(List<String> lines, String start, int number) {
        return lines.stream()
                .filter(line -> line.startsWith(start))
                .skip(number)
                .findFirst()
                .orElseThrow();
    }

    /** Of seven curves in which images change step by step, nothing is kept but scores. */
    @Test
    void anEvaluationHoldsNoMoreForMoreSteps() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/proc/self/clear_refs")), "skipped: needs Linux' /proc");
        Path model =
                new NetworkWriter(-1, 96, 112, 96, 1)
                        .conv3d(2)
                        .op("Relu")
                        .globalMean()
                        .dense(2)
                        .write(folder.resolve("model"));
        List<String> lines =
                lines(
                        EvaluationSoak.class,
                        model.toString(),
                        "Deletion",
                        "5",
                        "5",
                        "30",
                        "-30",
                        "5");
        long few = kilobytes(line(lines, "5 steps", 1));
        long many = kilobytes(line(lines, "30 steps", 0));
        long again = kilobytes(line(lines, "5 steps", 2));
        System.out.printf(
                "evaluation of 96×112×96: at most %d MB at 5 steps, %d MB at 30, %d MB after one"
                        + " that was ended%n",
                few >> 10, many >> 10, again >> 10);
        long image = 96 * 112 * 96 * Float.BYTES >> 10;
        assertTrue(lines.contains("ended:"), lines.toString());
        // Twenty-five images more would be 103 MB.
        assertTrue(many <= few + 8 * image, lines.toString());
        assertTrue(again <= few + 8 * image, lines.toString());
    }

    /** What a program of the tests prints in a process of its own. */
    private List<String> lines(Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        Path output = folder.resolve(program.getSimpleName() + ".txt");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                // All of the heap from the start and little that the JVM
                                // compiles later, so that what grows is what nobody frees.
                                "-Xms512m",
                                "-Xmx512m",
                                "-XX:+AlwaysPreTouch",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Djava.io.tmpdir=" + Files.createTempDirectory(folder, "tmp"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                program.getName()));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertEquals(0, process.waitFor());
        return Files.readAllLines(output);
    }

    private static long median(List<String> lines) {
        return lines.stream().map(MemoryTest::kilobytes).sorted().toList().get(lines.size() / 2);
    }

    private static long kilobytes(String line) {
        return Long.parseLong(line.replaceAll(".*: (\\d+) kB.*", "$1"));
    }

    @Test
    void heapDoesNotGrowWithSteps() throws IOException {
        Path model =
                new NetworkWriter(-1, 48, 48, 48, 1)
                        .conv3d(2)
                        .op("Relu")
                        .globalMean()
                        .dense(2)
                        .write(folder.resolve("model"));
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            integrate(classifier, FEW, Progress.NONE);
            double few = LiveHeap.peakMegabytes(p -> integrate(classifier, FEW, p));
            double many = LiveHeap.peakMegabytes(p -> integrate(classifier, 10 * FEW, p));
            System.out.printf(
                    "heap of a map: %.2f MB at %d steps, %.2f MB at %d%n",
                    few, FEW, many, 10 * FEW);
            // A look finds one batch more or less in flight; a kept image a step were 190 MB.
            double twoBatches = 2 * BATCH * 48 * 48 * 48 * Float.BYTES / 1e6;
            assertTrue(many < few + twoBatches, few + " → " + many);
        }
    }

    private static void integrate(Classifier classifier, int steps, Progress progress) {
        AttributionMethod method = AttributionMethods.named("Integrated Gradients");
        Settings settings =
                Settings.of(
                        method.declaration().options(),
                        Map.of("steps", Integer.toString(steps), "batch", Integer.toString(BATCH)));
        Tensor input = Tensor.zeros(new Axes("bzyxc"), 1, 48, 48, 48, 1);
        input.data()[5] = 1;
        method.attribute(
                new Problem(classifier, input, "0", new Baseline.Constant(0), settings), progress);
    }
}
