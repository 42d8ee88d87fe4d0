/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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

/** Graphs of a hundred thousand nodes are read in a time that grows as they do. */
@Tag("long")
class LargeGraphsTest {

    private static final Path SAMPLE = Path.of("sample-images/lesion-classifier");
    private static final int MANY = 100_000;
    private static final int FEW = 10_000;

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
        return AugmentedModel.read(model, new Request("", "", "", Map.of(), false));
    }

    /** Of this thread. */
    private static double cpuSeconds() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() * 1e-9;
    }

    private static double secondsToRead(Path model) {
        double before = cpuSeconds();
        read(model);
        return cpuSeconds() - before;
    }

    @ParameterizedTest
    @ValueSource(strings = {"chain", "sums", "side by side"})
    void timeGrowsAsTheGraphDoes(String kind) throws IOException {
        Path few = model(kind, FEW);
        Path many = model(kind, MANY);
        secondsToRead(few);
        double short1 = secondsToRead(few);
        double long1 = secondsToRead(many);
        System.out.printf(
                "%s: %d nodes %.2f s CPU, %d nodes %.2f s%n", kind, FEW, short1, MANY, long1);
        // Ten times as many; where it grew with the square it would be a hundred.
        assertTrue(long1 < 30 * short1, short1 + " s, then " + long1 + " s");
    }

    /** TensorFlow's own preparations grew with the square: two minutes for 10,000 side by side. */
    @ParameterizedTest
    @ValueSource(strings = {"chain", "sums", "side by side"})
    void natively(String kind) throws IOException {
        OperatingSystemMXBean system =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long before = system.getProcessCpuTime();
        try (Classifier model = Engines.open(model(kind, FEW), ModelOptions.NONE)) {
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
        System.out.printf("%s: opened and differentiated in %.1f s CPU%n", kind, seconds);
        // Other tests may run beside it in this process; it was 130 s.
        assertTrue(seconds < 60, seconds + " s");
    }

    /** Each of Model Info's questions was a walk through the whole network for every sum in it. */
    @Test
    void passesThroughLongChains() throws IOException {
        double few = secondsForLayers(model("sums", 500));
        double many = secondsForLayers(model("sums", 5000));
        assertTrue(many < 40 * Math.max(few, 0.05), few + " s, then " + many + " s");
    }

    private static double secondsForLayers(Path model) {
        NetworkGraph network = read(model).network();
        network.layers();
        double before = cpuSeconds();
        network.pass(Pass.gradient(Pass.IMAGE).by(Propagation.Multipliers.RESCALE));
        network.pass(Pass.gradient(Pass.IMAGE).by(Propagation.Gradient.GUIDED));
        return cpuSeconds() - before;
    }
}
