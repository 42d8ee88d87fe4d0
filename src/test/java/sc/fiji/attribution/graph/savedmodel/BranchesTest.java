/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sc.fiji.attribution.graph.HandMadeGraph.FLOAT;
import static sc.fiji.attribution.graph.HandMadeGraph.function;
import static sc.fiji.attribution.graph.HandMadeGraph.graph;
import static sc.fiji.attribution.graph.HandMadeGraph.integer;
import static sc.fiji.attribution.graph.HandMadeGraph.node;
import static sc.fiji.attribution.graph.HandMadeGraph.type;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.HandMadeGraph;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.rewrite.PathCheck;

/** Of control flow that the graph decides, the side that is taken is left; the rest stays. */
class BranchesTest {

    private static final AttrValue BOOL = type(DataType.DT_BOOL);

    private static NodeDef.Builder flag(String name, boolean value) {
        TensorProto tensor =
                TensorProto.newBuilder().setDtype(DataType.DT_BOOL).addBoolVal(value).build();
        return NodeDef.newBuilder()
                .setName(name)
                .setOp("Const")
                .putAttr("dtype", BOOL)
                .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build());
    }

    private static AttrValue named(String... functions) {
        AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
        for (String name : functions) {
            list.addFunc(NameAttrList.newBuilder().setName(name));
        }
        return functions.length > 1
                ? AttrValue.newBuilder().setList(list).build()
                : AttrValue.newBuilder().setFunc(list.getFunc(0)).build();
    }

    private static AttrValue floats() {
        return AttrValue.newBuilder()
                .setList(AttrValue.ListValue.newBuilder().addType(DataType.DT_FLOAT))
                .build();
    }

    private static Set<String> ops(GraphDef.Builder graph) {
        return FunctionInliner.flatten(graph.build(), List.of(Output.parse("y:0")))
                .graph()
                .nodes()
                .stream()
                .map(NodeDef::getOp)
                .filter(op -> !Set.of("Placeholder", "Const", "Identity").contains(op))
                .collect(Collectors.toSet());
    }

    private static void sides(GraphDef.Builder graph) {
        for (String op : List.of("Relu", "Elu", "Selu")) {
            function(graph, op.toLowerCase(), "a", "r=y:activations:0")
                    .addNodeDef(node("y", op, "a"));
        }
    }

    @ParameterizedTest
    @CsvSource({"If,true,Relu", "If,false,Elu", "StatelessIf,true,Relu"})
    void functionalIf(String op, boolean value, String taken) {
        GraphDef.Builder graph =
                graph(
                        flag("p", value),
                        node("c", op, "p", "x")
                                .putAttr("then_branch", named("relu"))
                                .putAttr("else_branch", named("elu"))
                                .putAttr("Tcond", BOOL)
                                .putAttr("Tout", floats()),
                        node("y", "Identity", "c"));
        sides(graph);
        assertEquals(Set.of(taken), ops(graph));
    }

    @ParameterizedTest
    @CsvSource({"0,Relu", "1,Elu", "2,Selu", "7,Selu", "-1,Selu"})
    void cases(int value, String taken) {
        GraphDef.Builder graph =
                graph(
                        integer("p", value),
                        node("c", "StatelessCase", "p", "x")
                                .putAttr("branches", named("relu", "elu", "selu"))
                                .putAttr("Tout", floats()),
                        node("y", "Identity", "c"));
        sides(graph);
        assertEquals(Set.of(taken), ops(graph));
    }

    /** TensorFlow 1: a learning phase with a default, negated on the way. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void switchAndMerge(boolean value) {
        GraphDef.Builder graph =
                graph(
                        flag("default", value),
                        NodeDef.newBuilder()
                                .setName("phase")
                                .setOp("PlaceholderWithDefault")
                                .addInput("default")
                                .putAttr("dtype", BOOL),
                        NodeDef.newBuilder().setName("p").setOp("LogicalNot").addInput("phase"),
                        node("s", "Switch", "x", "p"),
                        node("no", "Relu", "s"),
                        node("yes", "Elu", "s:1"),
                        node("y", "Merge", "no", "yes").putAttr("N", HandMadeGraph.number(2)));
        assertEquals(Set.of(value ? "Relu" : "Elu"), ops(graph));
    }

    /** A branch that returns a constant reads nothing: it hangs on its switch by control. */
    @Test
    void constantsOfABranch() {
        GraphDef.Builder graph =
                graph(
                        flag("p", true),
                        NodeDef.newBuilder()
                                .setName("s")
                                .setOp("Switch")
                                .addInput("p")
                                .addInput("p")
                                .putAttr("T", BOOL),
                        NodeDef.newBuilder()
                                .setName("off")
                                .setOp("Identity")
                                .addInput("s")
                                .putAttr("T", BOOL),
                        NodeDef.newBuilder()
                                .setName("zero")
                                .setOp("Const")
                                .addInput("^off")
                                .putAttr("dtype", FLOAT),
                        node("data", "Switch", "x", "p"),
                        node("on", "Relu", "data:1"),
                        node("y", "Merge", "zero", "on").putAttr("N", HandMadeGraph.number(2)));
        assertEquals(Set.of("Relu"), ops(graph));
    }

    @Test
    void whatTheImageDecidesStaysAndIsRefused() {
        GraphDef.Builder graph =
                graph(
                        NodeDef.newBuilder()
                                .setName("p")
                                .setOp("Cast")
                                .addInput("x")
                                .putAttr("SrcT", FLOAT)
                                .putAttr("DstT", BOOL),
                        node("s", "Switch", "x", "p"),
                        node("no", "Relu", "s"),
                        node("yes", "Elu", "s:1"),
                        node("y", "Merge", "no", "yes").putAttr("N", HandMadeGraph.number(2)));
        assertEquals(Set.of("Cast", "Switch", "Merge", "Relu", "Elu"), ops(graph));
        Graph flat = FunctionInliner.flatten(graph.build(), List.of(Output.parse("y:0"))).graph();
        ModelException e =
                assertThrows(
                        ModelException.class,
                        () ->
                                PathCheck.check(
                                        flat, new Output("x", 0), new Output("y", 0), "strange"));
        assertTrue(e.getMessage().contains("op Switch (layer 's')"), e.getMessage());
    }

    /** By how many axes a tensor has, which the exporter says to be one. */
    private static GraphDef.Builder byRank(boolean read) {
        GraphDef.Builder graph =
                graph(
                        node("z", "Tanh", "x").putAttr("_output_shapes", oneAxis()),
                        node("rank", "Rank", "z"),
                        integer("two", 2),
                        node("p", "Less", "rank", "two")
                                .putAttr("T", HandMadeGraph.type(DataType.DT_INT32)),
                        node("c", "If", "p", read ? "z" : "x")
                                .putAttr("then_branch", named("relu"))
                                .putAttr("else_branch", named("elu"))
                                .putAttr("Tcond", BOOL)
                                .putAttr("Tout", floats()),
                        node("y", "Identity", "c"));
        sides(graph);
        return graph;
    }

    private static AttrValue oneAxis() {
        TensorShapeProto open =
                TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dim.newBuilder().setSize(-1))
                        .build();
        return AttrValue.newBuilder()
                .setList(AttrValue.ListValue.newBuilder().addShape(open))
                .build();
    }

    @Test
    void whatWasDecidedByIsChecked() {
        assertEquals(Set.of("Tanh", "EnsureShape", "Relu"), ops(byRank(true)));
    }

    @Test
    void whatNothingWouldCheckDecidesNothing() {
        assertEquals(Set.of("Tanh", "Rank", "Less", "If"), ops(byRank(false)));
    }
}
