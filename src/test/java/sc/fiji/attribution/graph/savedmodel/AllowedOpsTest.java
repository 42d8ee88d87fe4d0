/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.attribution.graph.HandMadeGraph.call;
import static sc.fiji.attribution.graph.HandMadeGraph.function;
import static sc.fiji.attribution.graph.HandMadeGraph.graph;
import static sc.fiji.attribution.graph.HandMadeGraph.node;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.HandMadeGraph;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.OpTable;

/** A harmful op is found wherever it could run, and only there. */
class AllowedOpsTest {

    private static final NodeDef.Builder HARM =
            NodeDef.newBuilder().setName("harm").setOp("WriteFile");

    /** Op, in or out, why. */
    private static List<String[]> table() throws IOException {
        try (InputStream in = AllowedOps.class.getResourceAsStream("op-safety.tsv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t"))
                    .toList();
        }
    }

    @Test
    void theTableSaysOfEachOpOnceWhetherItIsInAndWhy() throws IOException {
        List<String> named = new ArrayList<>();
        for (String[] row : table()) {
            assertEquals(3, row.length, row[0]);
            assertTrue(Set.of("in", "out").contains(row[1]), row[0]);
            assertTrue(row[2].length() >= "computes".length(), row[0]);
            named.add(row[0]);
        }
        assertEquals(new ArrayList<>(new TreeSet<>(OpRegistry.ops().keySet())), named);
    }

    /** What TensorFlow's own list calls stateful computes more than its inputs say. */
    @Test
    void statefulOpsAreInForMemoryAndRandomNumbersOnly() throws IOException {
        for (String[] row : table()) {
            boolean stateful = OpRegistry.ops().get(row[0]).getIsStateful();
            if (stateful && row[1].equals("in")) {
                assertTrue(
                        row[2].startsWith("changes memory") || row[2].startsWith("draws random"),
                        row[0] + ": " + row[2]);
            }
        }
    }

    /** A branch of Keras' learning phase hands them on; they hold values or nothing. */
    @Test
    void optionalsAreHarmless() {
        assertTrue(
                AllowedOps.names()
                        .containsAll(
                                Set.of(
                                        "OptionalFromValue",
                                        "OptionalNone",
                                        "OptionalHasValue",
                                        "OptionalGetValue")));
    }

    @Test
    void whatHasAGradientIsAllowed() {
        Set<String> missing = new TreeSet<>(OpTable.gradients().keySet());
        missing.removeAll(AllowedOps.names());
        assertEquals(Set.of(), missing);
    }

    @Test
    void filesProcessesAndNetworkAreNot() {
        Set<String> harmful =
                new TreeSet<>(
                        List.of(
                                "ReadFile",
                                "WriteFile",
                                "MatchingFiles",
                                "ImmutableConst",
                                "PyFunc",
                                "PyFuncStateless",
                                "EagerPyFunc",
                                "Print",
                                "PrintV2",
                                "RestoreV2",
                                "Restore",
                                "SaveV2",
                                "Save",
                                "MergeV2Checkpoints",
                                "LoadAndRemapMatrix",
                                "InitializeTableFromTextFile",
                                "InitializeTableFromTextFileV2",
                                "WholeFileReaderV2",
                                "ReaderReadV2",
                                "TextLineDataset",
                                "TFRecordDataset",
                                "SqlDataset",
                                "WriteSummary",
                                "CreateSummaryFileWriter",
                                "DebugIdentityV3",
                                "FixedUnigramCandidateSampler",
                                "RemoteCall",
                                "Send",
                                "Recv",
                                "_Send",
                                "_Recv",
                                "RpcCall",
                                "XlaCustomCall",
                                "TPUExecute",
                                "FileSystemSetConfiguration",
                                "DumpTensor",
                                "Abort"));
        assertTrue(OpRegistry.ops().keySet().containsAll(harmful));
        harmful.retainAll(AllowedOps.names());
        assertEquals(Set.of(), harmful);
    }

    @Test
    void asAControlDependency() {
        refused(graph(node("y", "Relu", "x", "^harm"), HARM), "harm");
    }

    @Test
    void insideANestedFunction() {
        GraphDef.Builder graph = graph(call("y", "PartitionedCall", "outer", 1, "x"));
        function(graph, "outer", "a", "r=inner:output:0")
                .addNodeDef(call("inner", "PartitionedCall", "inner", 1, "a"));
        function(graph, "inner", "a", "r=y:activations:0")
                .addNodeDef(node("y", "Relu", "a"))
                .addNodeDef(HARM);
        refused(graph, "harm");
    }

    /** A function that calls whatever function it is given. */
    @Test
    void handedOnToAFunction() {
        AttrValue harmful =
                AttrValue.newBuilder()
                        .setFunc(NameAttrList.newBuilder().setName("harmful"))
                        .build();
        NodeDef.Builder call = call("y", "PartitionedCall", "outer", 1, "x");
        call.putAttr(
                "f",
                AttrValue.newBuilder()
                        .setFunc(NameAttrList.newBuilder().setName("outer").putAttr("g", harmful))
                        .build());
        GraphDef.Builder graph = graph(call);
        function(graph, "outer", "a", "r=inner:output:0")
                .addNodeDef(
                        call("inner", "PartitionedCall", "", 1, "a")
                                .putAttr("f", HandMadeGraph.placeholder("g")));
        function(graph, "harmful", "a", "r=y:activations:0")
                .addNodeDef(node("y", "Relu", "a"))
                .addNodeDef(HARM);
        refused(graph, "harm");
    }

    @Test
    void whileTheModelIsLoaded() {
        for (String collection :
                List.of("saved_model_main_op", "legacy_init_op", "table_initializer")) {
            MetaGraphDef.Builder meta = meta(graph(node("y", "Relu", "x"), HARM));
            CollectionDef.NodeList.Builder nodes = CollectionDef.NodeList.newBuilder();
            meta.putCollectionDef(
                    collection,
                    CollectionDef.newBuilder().setNodeList(nodes.addValue("harm")).build());
            refused(meta.build(), "harm");
        }
        MetaGraphDef.Builder meta = meta(graph(node("y", "Relu", "x"), HARM));
        meta.putSignatureDef(
                "__saved_model_init_op",
                SignatureDef.newBuilder().putOutputs("init", tensor("harm")).build());
        refused(meta.build(), "harm");
    }

    @Test
    void allSignaturesAreLookedAt() {
        MetaGraphDef meta = meta(graph(node("y", "Relu", "x"), HARM)).build();
        SignatureDef harm = SignatureDef.newBuilder().putOutputs("z", tensor("harm")).build();
        for (List<SignatureDef> both :
                List.of(List.of(signature(), harm), List.of(harm, signature()))) {
            assertThrows(ModelException.class, () -> AllowedOps.check(meta, both, "m"));
        }
    }

    @Test
    void whereNothingRunsItHarmsNothing() {
        AllowedOps.check(
                meta(graph(node("y", "Relu", "x"), HARM)).build(), List.of(signature()), "m");
        MetaGraphDef.Builder saving = meta(graph(node("y", "Relu", "x"), HARM));
        saving.setSaverDef(SaverDef.newBuilder().setSaveTensorName("harm:0"));
        AllowedOps.check(saving.build(), List.of(signature()), "m");
    }

    @Test
    void aCheckpointIsReadOnlyToRestore() {
        NodeDef.Builder file = node("file", "Const");
        NodeDef.Builder restore = node("r", "RestoreV2", "file");
        MetaGraphDef.Builder meta = meta(graph(node("y", "Relu", "x"), file, restore));
        meta.setSaverDef(
                SaverDef.newBuilder().setRestoreOpName("r").setFilenameTensorName("file:0"));
        AllowedOps.check(meta.build(), List.of(signature()), "m");
        refused(graph(node("y", "Relu", "x", "^r"), file, restore), "r");
    }

    /** Not even while the model is restored, and wherever the other file's name comes from. */
    @Test
    void onlyTheOneBesideTheModel() {
        NodeDef.Builder file = node("file", "Const");
        NodeDef.Builder other = node("other", "StringJoin", "file");
        NodeDef.Builder restore = node("r", "RestoreV2", "other");
        MetaGraphDef.Builder meta = meta(graph(node("y", "Relu", "x"), file, other, restore));
        meta.setSaverDef(
                SaverDef.newBuilder().setRestoreOpName("r").setFilenameTensorName("file:0"));
        refused(meta.build(), "r");
    }

    private static void refused(GraphDef.Builder graph, String node) {
        refused(meta(graph).build(), node);
    }

    private static void refused(MetaGraphDef meta, String node) {
        ModelException e =
                assertThrows(
                        ModelException.class,
                        () -> AllowedOps.check(meta, List.of(signature()), "strange"));
        assertTrue(e.getMessage().contains("'strange'"), e.getMessage());
        assertTrue(e.getMessage().contains("layer '" + node + "'"), e.getMessage());
        assertTrue(e.getMessage().contains("trust=true"), e.getMessage());
    }

    private static MetaGraphDef.Builder meta(GraphDef.Builder graph) {
        return MetaGraphDef.newBuilder().setGraphDef(graph);
    }

    private static SignatureDef signature() {
        return SignatureDef.newBuilder()
                .putInputs("x", tensor("x"))
                .putOutputs("y", tensor("y"))
                .build();
    }

    private static TensorInfo tensor(String node) {
        return TensorInfo.newBuilder().setName(node + ":0").build();
    }
}
