/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.AugmentedModel;
import sc.fiji.attribution.graph.Request;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelOptions;
import sc.fiji.attribution.model.engine.Engines;
import sc.fiji.attribution.testing.Resources;

/** Graphs that end, hang or fill the process, or reach elsewhere, are refused before they run. */
class HostileModelsTest {

    private static final Path SAMPLE = Path.of("sample-images/lesion-classifier");

    /** Three times what reading two thousand sums takes. */
    private static final double MOST_MEGABYTES = 600;

    @TempDir Path folder;

    /** What was found by mutation or made by hand: each was the end of the process. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "pb1-199, not of the type",
        "pb2-62, not of the type",
        "s07b_restore_extra_gs, another file than",
        "x07d_restore_computed_prefix, another file than",
        "s14_infinite_While, is a loop",
        "z14_infinite_StatelessWhile, is a loop",
        "s15_const_overflow, no machine holds",
        "s20_cycle, wait for each other"
    })
    void isRefusedByName(String name, String words) {
        Path model = Resources.shared("edge/models").resolve(name);
        ModelException e =
                assertThrows(ModelException.class, () -> Engines.open(model, ModelOptions.NONE));
        assertTrue(e.getMessage().contains(words), e.getMessage());
        assertTrue(e.getMessage().contains(name), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    /** The sample with one node more between the mean and the dense layer, and what that needs. */
    private Path model(NodeDef.Builder... added) throws IOException {
        SavedModel.Builder model =
                SavedModel.parseFrom(Files.readAllBytes(SAMPLE.resolve("saved_model.pb")))
                        .toBuilder();
        GraphDef.Builder graph = model.getMetaGraphsBuilder(0).getGraphDefBuilder();
        for (NodeDef.Builder node : graph.getNodeBuilderList()) {
            for (int i = 0; i < node.getInputCount(); i++) {
                if (node.getInput(i).equals("mean")) {
                    node.setInput(i, "added");
                }
            }
        }
        for (NodeDef.Builder node : added) {
            graph.addNode(node);
        }
        Files.write(folder.resolve("saved_model.pb"), model.build().toByteArray());
        Path variables = Files.createDirectories(folder.resolve("variables"));
        try (Stream<Path> all = Files.list(SAMPLE.resolve("variables"))) {
            for (Path each : all.toList()) {
                Files.copy(each, variables.resolve(each.getFileName()));
            }
        }
        return folder;
    }

    private static NodeDef.Builder node(String name, String op, String... inputs) {
        return NodeDef.newBuilder()
                .setName(name)
                .setOp(op)
                .addAllInput(List.of(inputs))
                .putAttr("T", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build());
    }

    private static NodeDef.Builder constant(DataType type, DataType stored, long... shape) {
        NodeDef.Builder node = NodeDef.newBuilder().setName("constant").setOp("Const");
        AttrValue.Builder value = AttrValue.newBuilder();
        value.getTensorBuilder().setDtype(stored).addFloatVal(1);
        for (long extent : shape) {
            value.getTensorBuilder().getTensorShapeBuilder().addDimBuilder().setSize(extent);
        }
        return node.putAttr("dtype", AttrValue.newBuilder().setType(type).build())
                .putAttr("value", value.build());
    }

    private String refusal(Path model) {
        String message =
                assertThrows(ModelException.class, () -> AugmentedModel.read(model, Request.USUAL))
                        .getMessage();
        assertEquals(1, message.lines().count(), message);
        return message;
    }

    @Test
    void withAHarmlessNodeItOpens() throws IOException {
        assertFalse(
                AugmentedModel.read(model(node("added", "Relu", "mean")), Request.USUAL)
                        .checkpoint()
                        .isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "DT_FLOAT, DT_INT32, 1, not of the type",
        "DT_VARIANT, DT_VARIANT, 1, cannot stand in a file",
        "DT_RESOURCE, DT_RESOURCE, 1, cannot stand in a file",
        "DT_FLOAT, DT_FLOAT, 4611686018427387904, no machine holds",
        "DT_FLOAT, DT_FLOAT, 1073741824, it grows to",
        "DT_FLOAT, DT_FLOAT, -1, no certain shape",
        "DT_FLOAT, DT_FLOAT, 0, 1 values stand"
    })
    void constants(DataType type, DataType stored, long extent, String words) throws IOException {
        Path model =
                model(node("added", "Mul", "mean", "constant"), constant(type, stored, extent));
        String message = refusal(model);
        assertTrue(message.contains(words), message);
    }

    @Test
    void nodesThatWaitForEachOther() throws IOException {
        String message =
                refusal(model(node("added", "AddV2", "mean", "b"), node("b", "Relu", "added")));
        assertTrue(message.contains("'added'") && message.contains("'b'"), message);
    }

    /** Forty nodes, each twice as wide as the one before: a terabyte of values of one image. */
    @Test
    void valuesThatDouble() throws IOException {
        List<NodeDef.Builder> nodes = new ArrayList<>();
        nodes.add(index("axis", 1));
        for (int i = 0; i < 40; i++) {
            String before = i == 0 ? "mean" : "twice" + (i - 1);
            nodes.add(
                    node("twice" + i, "ConcatV2", before, before, "axis")
                            .putAttr("N", AttrValue.newBuilder().setI(2).build())
                            .putAttr(
                                    "Tidx",
                                    AttrValue.newBuilder().setType(DataType.DT_INT32).build()));
        }
        nodes.add(
                node("widest", "Max", "twice39", "axis")
                        .putAttr("keep_dims", AttrValue.newBuilder().setB(true).build())
                        .putAttr(
                                "Tidx", AttrValue.newBuilder().setType(DataType.DT_INT32).build()));
        nodes.add(node("added", "Mul", "mean", "widest"));
        Path model = model(nodes.toArray(NodeDef.Builder[]::new));
        String message =
                assertThrows(ModelException.class, () -> Engines.open(model, ModelOptions.NONE))
                        .getMessage();
        assertTrue(message.contains("GB for the values of one image at layer"), message);
        assertEquals(1, message.lines().count(), message);
    }

    private static NodeDef.Builder index(String name, int value) {
        NodeDef.Builder node = NodeDef.newBuilder().setName(name).setOp("Const");
        AttrValue.Builder tensor = AttrValue.newBuilder();
        tensor.getTensorBuilder().setDtype(DataType.DT_INT32).addIntVal(value);
        tensor.getTensorBuilder().getTensorShapeBuilder();
        return node.putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_INT32).build())
                .putAttr("value", tensor.build());
    }

    /** Two thousand sums in a row were half a minute and three gigabytes. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void longChainsOpenWithinBounds(int kind) throws IOException {
        List<NodeDef.Builder> nodes = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            String last = i == 0 ? "mean" : "sum" + (i - 1);
            nodes.add(node("sum" + i, "AddV2", last, kind == 0 ? last : "mean"));
        }
        nodes.add(node("added", "Tanh", "sum1999"));
        assertOpensWithinBounds(model(nodes.toArray(NodeDef.Builder[]::new)));
    }

    @Test
    void twoThousandSumsOfAStranger() {
        assertOpensWithinBounds(Resources.shared("edge/models").resolve("s18_diamond_2000"));
    }

    /** Counted in bytes, which other tests and a busy machine do not change. */
    private static void assertOpensWithinBounds(Path model) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        AugmentedModel.read(model, Request.USUAL);
        double megabytes = (threads.getCurrentThreadAllocatedBytes() - before) * 1e-6;
        System.out.printf("%s: %.0f MB allocated%n", model.getFileName(), megabytes);
        assertTrue(megabytes < MOST_MEGABYTES, megabytes + " MB");
        try (Classifier classifier = Engines.open(model, ModelOptions.NONE)) {
            assertTrue(classifier.layers().orElseThrow().list().size() > 1900);
        }
    }

    /** A name of a megabyte is not repeated. */
    @Test
    void messagesStayShort() throws IOException {
        String message = refusal(model(node("added", "Add", "x".repeat(1 << 20))));
        assertTrue(message.length() < 2000, message.length() + " characters");
    }

    /** What the checkpoint lies in must be a file of the model's own. */
    @ParameterizedTest
    @CsvSource({"pipe, not a regular file", "link, outside the model's folder"})
    void checkpointsThatAreElsewhere(String kind, String words) throws Exception {
        Path model = model(node("added", "Relu", "mean"));
        Path data = model.resolve("variables/variables.data-00000-of-00001");
        if (kind.equals("pipe")) {
            Files.delete(data);
            assertEquals(0, new ProcessBuilder("mkfifo", data.toString()).start().waitFor());
        } else {
            Path other = Files.createTempFile("elsewhere", "");
            Files.move(data, other, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Files.createSymbolicLink(data, other);
            other.toFile().deleteOnExit();
        }
        String message = refusal(model);
        assertTrue(message.contains(words) && message.contains("variables.data-"), message);
    }

    /** Nothing in this process is worse off afterwards. */
    @Test
    void afterwardsOthersOpen() throws IOException {
        assertThrows(
                AttributionException.class,
                () ->
                        Engines.open(
                                model(
                                        node("added", "Mul", "mean", "constant"),
                                        constant(DataType.DT_FLOAT, DataType.DT_INT32, 1)),
                                ModelOptions.NONE));
        try (Classifier classifier = Engines.open(SAMPLE, ModelOptions.NONE)) {
            assertEquals(2, classifier.spec().classes());
        }
    }
}
