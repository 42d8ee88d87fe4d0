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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sc.fiji.attribution.graph.AugmentedModel;
import sc.fiji.attribution.graph.NetworkWriter;
import sc.fiji.attribution.graph.Request;

/** A model of 100 MB: its weights stay where they are, and are in memory once. */
@Tag("long")
class LargeModelTest {

    private static final int UNITS = 1600;

    @TempDir Path folder;

    @Test
    void noSecondCopy() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/proc/self/status")), "skipped: needs Linux' /proc");
        Path model = folder.resolve("model");
        new NetworkWriter(-1, 64, 64, 4)
                .flatten()
                .storedDense(UNITS, model)
                .op("Relu")
                .dense(2)
                .write(model);
        long weights = Files.size(model.resolve("variables/variables.data-00000-of-00001"));
        assertEquals(4L * 64 * 64 * 4 * UNITS, weights);
        long graph = AugmentedModel.read(model, Request.USUAL).savedModel().getSerializedSize();
        assertTrue(graph < 100_000, graph + " bytes");

        long[] ours = new long[3];
        long[] djl = new long[3];
        for (int i = 0; i < 3; i++) {
            ours[i] = peakKilobytes(model.toString());
            djl[i] = peakKilobytes(model.toString(), "djl");
        }
        Arrays.sort(ours);
        Arrays.sort(djl);
        System.out.printf(
                "a model of %d MB: graph of %d kB beside it; peak memory %d MB, with DJL alone"
                        + " %d MB%n",
                weights >> 20, graph >> 10, ours[1] >> 10, djl[1] >> 10);
        assertTrue(ours[1] << 10 < (djl[1] << 10) + weights / 2, "a second copy in memory");
    }

    private static long peakKilobytes(String... arguments)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx128m",
                                "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                                "-cp",
                                System.getProperty("java.class.path"),
                                LargeModel.class.getName()));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), output);
        return Long.parseLong(output.lines().reduce("", (a, b) -> b).strip());
    }
}
