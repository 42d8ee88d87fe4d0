/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.List;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Graphs and functions over float tensors, as protocol buffers written by hand. */
public final class HandMadeGraph {

    public static final AttrValue FLOAT = type(DataType.DT_FLOAT);

    private HandMadeGraph() {}

    public static GraphDef.Builder graph(NodeDef.Builder... nodes) {
        GraphDef.Builder graph = GraphDef.newBuilder();
        graph.addNodeBuilder().setName("x").setOp("Placeholder").putAttr("dtype", FLOAT);
        for (NodeDef.Builder node : nodes) {
            graph.addNode(node);
        }
        return graph;
    }

    public static NodeDef.Builder node(String name, String op, String... inputs) {
        return NodeDef.newBuilder()
                .setName(name)
                .setOp(op)
                .addAllInput(List.of(inputs))
                .putAttr("T", FLOAT);
    }

    public static NodeDef.Builder integer(String name, int value) {
        TensorProto tensor =
                TensorProto.newBuilder()
                        .setDtype(DataType.DT_INT32)
                        .setTensorShape(TensorShapeProto.getDefaultInstance())
                        .addIntVal(value)
                        .build();
        return NodeDef.newBuilder()
                .setName(name)
                .setOp("Const")
                .putAttr("dtype", type(DataType.DT_INT32))
                .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build());
    }

    public static NodeDef.Builder call(
            String name, String op, String function, int outputs, String... inputs) {
        AttrValue.ListValue.Builder types = AttrValue.ListValue.newBuilder();
        for (int i = 0; i < outputs; i++) {
            types.addType(DataType.DT_FLOAT);
        }
        AttrValue.ListValue.Builder in =
                AttrValue.ListValue.newBuilder().addType(DataType.DT_FLOAT);
        NameAttrList target = NameAttrList.newBuilder().setName(function).build();
        return NodeDef.newBuilder()
                .setName(name)
                .setOp(op)
                .addAllInput(List.of(inputs))
                .putAttr("Tin", AttrValue.newBuilder().setList(in).build())
                .putAttr("Tout", AttrValue.newBuilder().setList(types).build())
                .putAttr("f", AttrValue.newBuilder().setFunc(target).build());
    }

    /**
     * Adds a function of one float argument.
     *
     * @param results such as {@code "result=node:output:0"}
     */
    public static FunctionDef.Builder function(
            GraphDef.Builder graph, String name, String argument, String... results) {
        FunctionDef.Builder function = graph.getLibraryBuilder().addFunctionBuilder();
        OpDef.Builder signature = function.getSignatureBuilder().setName(name);
        signature.addInputArgBuilder().setName(argument).setType(DataType.DT_FLOAT);
        for (String result : results) {
            String[] parts = result.split("=");
            signature.addOutputArgBuilder().setName(parts[0]).setType(DataType.DT_FLOAT);
            function.putRet(parts[0], parts[1]);
        }
        return function;
    }

    /** Adds a function of one argument "a" whose type is an attribute. */
    public static FunctionDef.Builder polymorphic(
            GraphDef.Builder graph, String name, String attribute, String result) {
        FunctionDef.Builder function = function(graph, name, "a", result);
        OpDef.Builder signature = function.getSignatureBuilder();
        signature.addAttrBuilder().setName(attribute).setType("type");
        signature.getInputArgBuilder(0).clearType().setTypeAttr(attribute);
        signature.getOutputArgBuilder(0).clearType().setTypeAttr(attribute);
        return function;
    }

    public static AttrValue placeholder(String name) {
        return AttrValue.newBuilder().setPlaceholder(name).build();
    }

    public static AttrValue type(DataType type) {
        return AttrValue.newBuilder().setType(type).build();
    }

    public static AttrValue number(long value) {
        return AttrValue.newBuilder().setI(value).build();
    }
}
