/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.attribution.graph.HandMadeGraph.call;
import static sc.fiji.attribution.graph.HandMadeGraph.function;
import static sc.fiji.attribution.graph.HandMadeGraph.graph;
import static sc.fiji.attribution.graph.HandMadeGraph.node;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.savedmodel.Checkpoint;
import sc.fiji.attribution.graph.savedmodel.FunctionInliner;
import sc.fiji.attribution.testing.Resources;
import sc.fiji.attribution.testing.Soon;

/** Whatever stands in a graph's file, reading it ends soon and in one line. */
class MutatedGraphsTest {

    private static final int ROUNDS = 400;

    @TempDir Path folder;

    private static byte[] original() throws IOException {
        return Files.readAllBytes(
                Resources.bundled("golden/ms3d").resolve("saved_model/saved_model.pb"));
    }

    /** Reads what was written; an error must be ours and of one line. */
    private boolean isRead(byte[] bytes) throws IOException {
        Files.write(folder.resolve("saved_model.pb"), bytes);
        Files.createDirectories(folder.resolve("variables"));
        Files.write(folder.resolve("variables/variables.index"), new byte[1]);
        Files.write(folder.resolve("variables/variables.data-00000-of-00001"), new byte[1]);
        try {
            AugmentedModel.read(folder, Request.USUAL);
            return true;
        } catch (AttributionException e) {
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            return false;
        }
    }

    @Test
    void bytes() throws IOException {
        Random random = new Random(1);
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = original();
            for (int k = random.nextInt(8); k >= 0; k--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            read += isRead(bytes) ? 1 : 0;
        }
        System.out.println(read + " of " + ROUNDS + " damaged graphs could still be read");
    }

    /** Wires to nowhere, attributes that are missing, other ops. */
    @Test
    void structure() throws IOException {
        SavedModel model = SavedModel.parseFrom(original());
        Random random = new Random(2);
        for (int round = 0; round < ROUNDS; round++) {
            SavedModel.Builder mutant = model.toBuilder();
            GraphDef.Builder graph = mutant.getMetaGraphsBuilder(0).getGraphDefBuilder();
            for (int k = random.nextInt(3); k >= 0; k--) {
                int functions = graph.getLibrary().getFunctionCount();
                NodeDef.Builder node;
                if (functions > 0 && random.nextBoolean()) {
                    var function =
                            graph.getLibraryBuilder().getFunctionBuilder(random.nextInt(functions));
                    if (function.getNodeDefCount() == 0) {
                        continue;
                    }
                    node = function.getNodeDefBuilder(random.nextInt(function.getNodeDefCount()));
                } else {
                    node = graph.getNodeBuilder(random.nextInt(graph.getNodeCount()));
                }
                mutate(node, random);
            }
            isRead(mutant.build().toByteArray());
        }
    }

    private static void mutate(NodeDef.Builder node, Random random) {
        List<String> attributes = List.copyOf(node.getAttrMap().keySet());
        switch (random.nextInt(6)) {
            case 0 -> node.addInput(node.getName());
            case 1 -> node.clearInput();
            case 2 -> node.addInput("nowhere:" + random.nextInt() + ":x");
            case 3 ->
                    node.setOp(
                            List.of("Relu", "Mean", "PartitionedCall", "StatelessIf", "Foo", "")
                                    .get(random.nextInt(6)));
            case 4 -> node.setName(random.nextBoolean() ? "" : "two\nlines");
            default -> {
                if (!attributes.isEmpty()) {
                    node.removeAttr(attributes.get(random.nextInt(attributes.size())));
                }
            }
        }
    }

    @Test
    void aFunctionThatCallsItself() {
        GraphDef.Builder graph = graph(call("y", "PartitionedCall", "f", 1, "x"));
        function(graph, "f", "a", "r=again:output:0")
                .addNodeDef(call("again", "PartitionedCall", "f", 1, "a"));
        isRefused(graph, "calls itself");
    }

    /** Each calls the next one twice: a million million calls in two kilobytes. */
    @Test
    void functionsThatDouble() {
        GraphDef.Builder graph = graph(call("y", "PartitionedCall", "f0", 1, "x"));
        for (int i = 0; i < 40; i++) {
            function(graph, "f" + i, "a", "r=second:output:0")
                    .addNodeDef(call("first", "PartitionedCall", "f" + (i + 1), 1, "a"))
                    .addNodeDef(
                            call("second", "PartitionedCall", "f" + (i + 1), 1, "first:output:0"));
        }
        function(graph, "f40", "a", "r=a");
        isRefused(graph, "more than 200000 nodes");
    }

    private static void isRefused(GraphDef.Builder graph, String words) {
        ModelException e =
                assertThrows(
                        ModelException.class,
                        () ->
                                Soon.within(
                                        60,
                                        () ->
                                                FunctionInliner.flatten(
                                                        graph.build(),
                                                        List.of(Output.parse("y:0")))));
        assertTrue(e.getMessage().contains(words), e.getMessage());
    }

    /** Lengths in a checkpoint's index that no file could hold. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 1L << 31, 1L << 40, Long.MAX_VALUE})
    void lengthsBeyondTheFile(long length) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        block.put((byte) 0);
        varint(block, length);
        varint(block, length);
        block.putInt(0);
        int size = block.position();
        block.put((byte) 0).putInt(0);
        ByteBuffer file = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        file.put(block.array(), 0, block.position());
        int footer = file.position();
        varint(file, 0);
        varint(file, 0);
        varint(file, 0);
        varint(file, size);
        file.position(footer + 40);
        file.putLong(0xdb4775248b80fb57L);
        byte[] bytes = java.util.Arrays.copyOf(file.array(), file.position());
        Path variables = Files.createDirectories(folder.resolve("variables"));
        Files.write(variables.resolve("variables.index"), bytes);
        Files.write(variables.resolve("variables.data-00000-of-00001"), new byte[1]);
        ModelException e =
                assertThrows(ModelException.class, () -> new Checkpoint(variables).keys());
        assertTrue(e.getMessage().contains("damaged"), e.getMessage());
    }

    private static void varint(ByteBuffer to, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            to.put((byte) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        to.put((byte) rest);
    }

    @Test
    void deepGraphs() {
        GraphDef.Builder graph = graph(node("n0", "Identity", "x"));
        for (int i = 1; i < 50_000; i++) {
            graph.addNode(node("n" + i, "Identity", "n" + (i - 1)));
        }
        Graph flat =
                FunctionInliner.flatten(graph.build(), List.of(Output.parse("n49999:0"))).graph();
        assertEquals(50_001, flat.nodes().size());
    }
}
