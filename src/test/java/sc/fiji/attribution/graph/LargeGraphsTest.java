/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;

/**
 * Graphs of a hundred thousand nodes are read, loaded and run at an effort that grows as they do.
 */
@Tag("long")
class LargeGraphsTest {

    private static final Path SAMPLE = Path.of("sample-images/lesion-classifier");
    private static final int MANY = 30_000;
    private static final int FEW = 3_000;

    @TempDir Path folder;

    /**
     * The sample with many nodes more behind its mean.
     *
     * @param kind a chain of ReLUs, x + x again and again, or ReLUs side by side that are summed
     */
    private Path model(String kind, int count) throws IOException {
        SavedModel.Builder model =
                SavedModel.parseFrom(Files.readAllBytes(SAMPLE.resolve("saved_model.pb")))
                        .toBuilder();
        GraphDef.Builder graph = model.getMetaGraphsBuilder(0).getGraphDefBuilder();
        for (NodeDef.Builder node : graph.getNodeBuilderList()) {
            for (int i = 0; i < node.getInputCount(); i++) {
                if (node.getInput(i).equals("mean")) {
                    node.setInput(i, "last");
                }
            }
        }
        NodeDef.Builder last = node("last", kind.equals("side by side") ? "AddN" : "Relu");
        for (int i = 0; i < count; i++) {
            String before = i == 0 || kind.equals("side by side") ? "mean" : "n" + (i - 1);
            NodeDef.Builder node = node("n" + i, kind.equals("sums") ? "AddV2" : "Relu");
            node.addInput(before);
            if (kind.equals("sums")) {
                node.addInput(before);
            }
            graph.addNode(node);
            if (kind.equals("side by side")) {
                last.addInput("n" + i);
            }
        }
        if (kind.equals("side by side")) {
            last.putAttr("N", AttrValue.newBuilder().setI(count).build());
        } else {
            last.addInput("n" + (count - 1));
        }
        graph.addNode(last);
        Path written = Files.createTempDirectory(folder, "model");
        Files.write(written.resolve("saved_model.pb"), model.build().toByteArray());
        Path variables = Files.createDirectories(written.resolve("variables"));
        try (Stream<Path> all = Files.list(SAMPLE.resolve("variables"))) {
            for (Path each : all.toList()) {
                Files.copy(each, variables.resolve(each.getFileName()));
            }
        }
        return written;
    }

    private static NodeDef.Builder node(String name, String op) {
        return NodeDef.newBuilder()
                .setName(name)
                .setOp(op)
                .putAttr("T", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build());
    }

    private static AugmentedModel read(Path model) {
        return AugmentedModel.read(model, Request.USUAL);
    }

    /** What a piece of work took in this thread: seconds of the processor, bytes of the heap. */
    private record Effort(double seconds, double bytes) {

        private static Effort of(Runnable work) {
            ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long seconds = thread.getCurrentThreadCpuTime();
            long bytes = thread.getCurrentThreadAllocatedBytes();
            work.run();
            return new Effort(
                    (thread.getCurrentThreadCpuTime() - seconds) * 1e-9,
                    thread.getCurrentThreadAllocatedBytes() - bytes);
        }
    }

    /**
     * Bytes are the same on any machine, busy or not; the bound in seconds is ten times what was
     * measured.
     */
    @ParameterizedTest
    @ValueSource(strings = {"chain", "sums", "side by side"})
    void effortGrowsAsTheGraphDoes(String kind) throws IOException {
        Path small = model(kind, FEW);
        Path large = model(kind, MANY);
        read(small);
        Effort few = Effort.of(() -> read(small));
        Effort many = Effort.of(() -> read(large));
        System.out.printf("%s: %d nodes %s, %d nodes %s%n", kind, FEW, few, MANY, many);
        assertTrue(many.bytes() < 1.2 * MANY / FEW * few.bytes(), few + ", then " + many);
        assertTrue(many.seconds() < 30, many.toString());
    }

    /**
     * TensorFlow's own preparations grew with the square: two minutes for 10,000 side by side. Of
     * 100,000, reading takes 11 s, TensorFlow's import 13 s, and a first run of each signature 4 to
     * 17 s of the processor.
     */
    @ParameterizedTest
    @CsvSource({"chain, 10000", "sums, 10000", "side by side, 100000"})
    void natively(String kind, int count) throws IOException {
        OperatingSystemMXBean system =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long before = system.getProcessCpuTime();
        try (Classifier model = Engines.open(model(kind, count), ModelOptions.NONE)) {
            int[] shape = Arrays.stream(model.spec().shape()).map(e -> Math.max(e, 1)).toArray();
            Tensor image = Tensor.zeros(model.spec().axes(), shape);
            Tensor gradient =
                    model.gradients()
                            .orElseThrow()
                            .gradient(image, new float[][] {{1, 0}})
                            .gradient();
            assertEquals(image.length(), gradient.length());
        }
        double seconds = (system.getProcessCpuTime() - before) * 1e-9;
        System.out.printf(
                "%s, %d: opened and differentiated in %.1f s CPU%n", kind, count, seconds);
        // Ten times what was measured; with the square it was 130 s for 10,000.
        assertTrue(seconds < 0.006 * count + 20, seconds + " s");
    }

    /** Each of Model Info's questions was a walk through the whole network for every sum in it. */
    @Test
    void passesThroughLongChains() throws IOException {
        Effort few = forLayers(model("sums", 500));
        Effort many = forLayers(model("sums", 5000));
        System.out.printf("passes: 500 sums %s, 5000 sums %s%n", few, many);
        assertTrue(many.bytes() < 12 * few.bytes(), few + ", then " + many);
        assertTrue(many.seconds() < 20, many.toString());
    }

    private static Effort forLayers(Path model) {
        NetworkGraph network = read(model).network();
        network.layers();
        return Effort.of(
                () -> {
                    network.pass(Pass.gradient(Pass.IMAGE).by(Propagation.Multipliers.RESCALE));
                    network.pass(Pass.gradient(Pass.IMAGE).by(Propagation.Gradient.GUIDED));
                });
    }
}
