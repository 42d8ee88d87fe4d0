/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.attribution.graph.HandMadeGraph.FLOAT;
import static sc.fiji.attribution.graph.HandMadeGraph.call;
import static sc.fiji.attribution.graph.HandMadeGraph.function;
import static sc.fiji.attribution.graph.HandMadeGraph.graph;
import static sc.fiji.attribution.graph.HandMadeGraph.integer;
import static sc.fiji.attribution.graph.HandMadeGraph.node;
import static sc.fiji.attribution.graph.HandMadeGraph.number;
import static sc.fiji.attribution.graph.HandMadeGraph.placeholder;
import static sc.fiji.attribution.graph.HandMadeGraph.polymorphic;
import static sc.fiji.attribution.graph.HandMadeGraph.type;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.engine.tensorflow.NativeSession;
import sc.fiji.attribution.engine.tensorflow.Values;
import sc.fiji.attribution.graph.ir.Output;

/** Flattened graphs compute what TensorFlow computes with the functions left in place. */
class FunctionInlinerTest {

    private static final Values X = new Values(DataType.DT_FLOAT, new long[] {4}, values());

    private static double[] values() {
        return new double[] {1, -2, 3, 0.5};
    }

    @Test
    void nestedCalls() {
        GraphDef.Builder graph = graph(call("outer", "PartitionedCall", "twice", 1, "x"));
        function(graph, "twice", "a", "r=inner:output:0")
                .addNodeDef(
                        call("inner", "StatefulPartitionedCall", "square", 1, "sum:z:0").build())
                .addNodeDef(node("sum", "AddV2", "a", "a").build());
        function(graph, "square", "a", "r=y:y:0").addNodeDef(node("y", "Square", "a").build());
        check(graph, "outer:0");
        assertEquals(Set.of("x", "outer/sum", "outer/inner/y"), flat(graph, "outer:0").keySet());
    }

    @Test
    void aFunctionCalledTwice() {
        GraphDef.Builder graph =
                graph(
                        call("one", "PartitionedCall", "square", 1, "x"),
                        call("two", "PartitionedCall", "square", 1, "one"),
                        node("y", "Sub", "two", "one"));
        function(graph, "square", "a", "r=y:y:0").addNodeDef(node("y", "Square", "a").build());
        check(graph, "y:0");
        assertEquals(Set.of("x", "one/y", "two/y", "y"), flat(graph, "y:0").keySet());
    }

    @Test
    void aCallByTheFunctionsName() {
        GraphDef.Builder graph =
                graph(NodeDef.newBuilder().setName("y").setOp("square").addInput("x"));
        function(graph, "square", "a", "r=y:y:0").addNodeDef(node("y", "Square", "a").build());
        check(graph, "y:0");
    }

    @Test
    void outputsOfNodesInsideFunctions() {
        // Split has one output argument of two tensors, TopKV2 two arguments of one each.
        GraphDef.Builder graph =
                graph(
                        call("f", "PartitionedCall", "parts", 3, "x"),
                        node("d", "Sub", "f:1", "f"),
                        node("y", "Mul", "d", "f:2"));
        function(graph, "parts", "a", "low=s:output:0", "high=s:output:1", "rest=back:y:0")
                .addNodeDef(
                        node("s", "Split", "zero:output:0", "a").putAttr("num_split", number(2)))
                .addNodeDef(integer("zero", 0))
                .addNodeDef(integer("k", 2))
                .addNodeDef(
                        node("top", "TopKV2", "a", "k:output:0")
                                .putAttr("index_type", type(DataType.DT_INT32)))
                .addNodeDef(
                        NodeDef.newBuilder()
                                .setName("back")
                                .setOp("Cast")
                                .addInput("top:indices:0")
                                .putAttr("SrcT", type(DataType.DT_INT32))
                                .putAttr("DstT", FLOAT));
        check(graph, "y:0", "f:2", "f:0");
    }

    @Test
    void outputsOfCallsInsideFunctions() {
        GraphDef.Builder graph =
                graph(
                        call("f", "PartitionedCall", "outer", 2, "x"),
                        node("p", "Identity", "f"),
                        node("q", "Identity", "f:1"));
        function(graph, "outer", "a", "p=direct:second:0", "q=call:output:1")
                .addNodeDef(NodeDef.newBuilder().setName("direct").setOp("both").addInput("a"))
                .addNodeDef(call("call", "PartitionedCall", "both", 2, "direct:first:0"));
        function(graph, "both", "a", "first=n:y:0", "second=a").addNodeDef(node("n", "Neg", "a"));
        check(graph, "p:0", "q:0");
    }

    @Test
    void attributesOfPolymorphicFunctions() {
        AttrValue placeholder = AttrValue.newBuilder().setPlaceholder("T").build();
        NodeDef.Builder nested =
                NodeDef.newBuilder().setName("inner").setOp("double").addInput("a");
        GraphDef.Builder graph =
                graph(
                        NodeDef.newBuilder()
                                .setName("y")
                                .setOp("outer")
                                .addInput("x")
                                .putAttr("U", FLOAT));
        polymorphic(graph, "outer", "U", "r=inner:r:0")
                .addNodeDef(nested.putAttr("T", placeholder("U")));
        polymorphic(graph, "double", "T", "r=sum:z:0")
                .addNodeDef(
                        NodeDef.newBuilder()
                                .setName("sum")
                                .setOp("AddV2")
                                .addInput("a")
                                .addInput("a")
                                .putAttr("T", placeholder));
        check(graph, "y:0");
        assertEquals(
                DataType.DT_FLOAT,
                flat(graph, "y:0").get("y/inner/sum").getAttrOrThrow("T").getType());
    }

    /** A call by attribute inside a polymorphic function hands its own types on. */
    @Test
    void attributesOfNestedPolymorphicCalls() {
        GraphDef.Builder graph =
                graph(
                        NodeDef.newBuilder()
                                .setName("y")
                                .setOp("outer")
                                .addInput("x")
                                .putAttr("U", FLOAT));
        NameAttrList target =
                NameAttrList.newBuilder().setName("double").putAttr("T", placeholder("U")).build();
        AttrValue types =
                AttrValue.newBuilder()
                        .setList(AttrValue.ListValue.newBuilder().addType(DataType.DT_FLOAT))
                        .build();
        polymorphic(graph, "outer", "U", "r=inner:output:0")
                .addNodeDef(
                        NodeDef.newBuilder()
                                .setName("inner")
                                .setOp("PartitionedCall")
                                .addInput("a")
                                .putAttr("Tin", types)
                                .putAttr("Tout", types)
                                .putAttr("f", AttrValue.newBuilder().setFunc(target).build()));
        polymorphic(graph, "double", "T", "r=sum:z:0")
                .addNodeDef(
                        NodeDef.newBuilder()
                                .setName("sum")
                                .setOp("AddV2")
                                .addInput("a")
                                .addInput("a")
                                .putAttr("T", placeholder("T")));
        assertArrayEquals(
                new double[] {2, -4, 6, 1}, run(flattened(graph, "y:0"), "y/inner/sum:0"));
    }

    @Test
    void whatOnlyControlDependenciesReachIsDropped() {
        GraphDef.Builder graph =
                graph(
                        NodeDef.newBuilder().setName("init").setOp("NoOp"),
                        call("f", "PartitionedCall", "checked", 1, "x", "^init"),
                        node("unused", "Neg", "f"));
        function(graph, "checked", "a", "r=y:y:0")
                .addNodeDef(NodeDef.newBuilder().setName("guard").setOp("NoOp"))
                .addNodeDef(
                        node("y", "Square", "a", "^guard")
                                .putAttr("_class", number(1))
                                .setDevice("/gpu:0"));
        check(graph, "f:0");
        Map<String, NodeDef> flat = flat(graph, "f:0");
        assertEquals(Set.of("x", "f/y"), flat.keySet());
        assertEquals(List.of("x"), flat.get("f/y").getInputList());
        assertEquals(Set.of("T"), flat.get("f/y").getAttrMap().keySet());
        assertEquals("", flat.get("f/y").getDevice());
    }

    /** TensorFlow itself gives up on such a graph: the oracle is the formula. */
    @Test
    void aNodeNamedLikeOneInsideACall() {
        GraphDef.Builder graph =
                graph(
                        call("f", "PartitionedCall", "square", 1, "x"),
                        node("f/y", "Neg", "x"),
                        node("z", "Sub", "f", "f/y"));
        function(graph, "square", "a", "r=y:y:0").addNodeDef(node("y", "Square", "a"));
        double[] expected = Arrays.stream(X.data()).map(v -> v * v + v).toArray();
        assertArrayEquals(expected, run(flattened(graph, "z:0"), "z:0"), 1e-6);
        assertTrue(flat(graph, "z:0").get("f/y").getOp().equals("Neg"), "keeps its name");
    }

    @Test
    void loopsAreRefused() {
        NodeDef.Builder enter =
                node("enter", "Enter", "x")
                        .putAttr(
                                "frame_name",
                                AttrValue.newBuilder()
                                        .setS(com.google.protobuf.ByteString.copyFromUtf8("w"))
                                        .build());
        GraphDef.Builder graph =
                graph(
                        enter,
                        node("merge", "Merge", "enter", "next").putAttr("N", number(2)),
                        node("next", "NextIteration", "merge"),
                        node("y", "Exit", "merge"));
        assertRefused(graph, "y:0", "loop");
    }

    @Test
    void customOpsAreRefused() {
        assertRefused(graph(node("y", "MyOwnOp", "x")), "y:0", "MyOwnOp");
    }

    @Test
    void danglingInputsAreRefused() {
        assertRefused(graph(node("y", "Neg", "lost")), "y:0", "lost");
    }

    private static void assertRefused(GraphDef.Builder graph, String output, String part) {
        String message =
                assertThrows(ModelException.class, () -> flattened(graph, output)).getMessage();
        assertTrue(message.contains(part), message);
    }

    /** Runs both graphs, and looks for calls that were left. */
    private static void check(GraphDef.Builder graph, String... outputs) {
        FunctionInliner.Flattened flat = flattened(graph, outputs);
        Set<String> functions =
                graph.getLibrary().getFunctionList().stream()
                        .map(f -> f.getSignature().getName())
                        .collect(Collectors.toSet());
        for (NodeDef node : flat.graph().nodes()) {
            assertTrue(!node.getOp().endsWith("PartitionedCall"), node.getName());
            assertTrue(!functions.contains(node.getOp()), node.getName());
        }
        for (int i = 0; i < outputs.length; i++) {
            String name = flat.outputs().get(i).toString();
            assertArrayEquals(run(graph.build(), outputs[i]), run(flat, name), outputs[i]);
        }
    }

    private static double[] run(FunctionInliner.Flattened flat, String output) {
        return run(flat.graph().toProto().build(), output);
    }

    private static double[] run(GraphDef graph, String output) {
        try (NativeSession session = NativeSession.of(graph)) {
            return session.run(Map.of("x:0", X), List.of(output)).get(0).data();
        }
    }

    private static FunctionInliner.Flattened flattened(GraphDef.Builder graph, String... outputs) {
        return FunctionInliner.flatten(
                graph.build(), Arrays.stream(outputs).map(Output::parse).toList());
    }

    /** Read before, it is what the file says; read after, it depends on how often that was. */
    @Test
    void weightsThatAreReadOnceTheyAreWrittenAreRefused() {
        GraphDef.Builder graph =
                graph(
                        node("w", "VarHandleOp").putAttr("dtype", FLOAT),
                        node("half", "Mul", "x", "x"),
                        node("write", "AssignVariableOp", "w", "half").putAttr("dtype", FLOAT),
                        node("before", "ReadVariableOp", "w").putAttr("dtype", FLOAT),
                        node("after", "ReadVariableOp", "w", "^half", "^write")
                                .putAttr("dtype", FLOAT),
                        node("y", "Mul", "x", "before"),
                        node("z", "Mul", "x", "after"));
        assertTrue(flat(graph, "y:0").containsKey("before"));
        String message = assertThrows(ModelException.class, () -> flat(graph, "z:0")).getMessage();
        assertTrue(message.contains("(layer 'write')"), message);
    }

    private static Map<String, NodeDef> flat(GraphDef.Builder graph, String output) {
        return flattened(graph, output).graph().nodes().stream()
                .collect(Collectors.toMap(NodeDef::getName, node -> node));
    }
}
