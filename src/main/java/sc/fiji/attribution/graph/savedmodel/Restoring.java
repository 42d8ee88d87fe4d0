/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.Output;

/**
 * What fills the variables when a model is loaded. Usually that is what its saver names. Keras 3
 * models written by {@code tf.saved_model.save} are restored into variables that nothing reads; the
 * ones that are read get their values from the checkpoint by name, as TensorFlow's own Python
 * loader does.
 *
 * @param nodes the nodes that restore, and all that they read
 * @param saver names the node that the loader runs
 */
record Restoring(List<NodeDef> nodes, SaverDef saver) {

    private static final String SCOPE = "attribution_restore";

    /**
     * @param used the nodes that the model runs
     * @param variables the folder of the checkpoint
     * @throws ModelException where a variable that is read cannot be restored
     */
    static Restoring of(
            MetaGraphDef original, Collection<NodeDef> used, Path variables, String model) {
        SaverDef saver = original.getSaverDef();
        if (saver.getRestoreOpName().isEmpty()) {
            return new Restoring(List.of(), saver);
        }
        Graph all = new Graph(original.getGraphDef().getNodeList());
        String restore = Output.parse(saver.getRestoreOpName()).node();
        String file = Output.parse(saver.getFilenameTensorName()).node();
        List<NodeDef> nodes = new ArrayList<>(all.ancestors(List.of(restore, file)));
        Map<String, NodeDef> unset = handles(used);
        unset.keySet().removeAll(handles(nodes).keySet());
        if (unset.isEmpty()) {
            return new Restoring(nodes, saver);
        }
        Map<String, String> keys = keys(variables);
        NodeDef.Builder both = NodeDef.newBuilder().setName(SCOPE).setOp("NoOp");
        both.addInput("^" + restore);
        for (Map.Entry<String, NodeDef> variable : unset.entrySet()) {
            String key = keys.get(variable.getKey());
            if (key == null) {
                throw new ModelException(
                        "Model '"
                                + model
                                + "' does not restore its weights (variable "
                                + variable.getKey()
                                + "): export it again, in Keras 3 with model.export(folder).");
            }
            nodes.addAll(assign(variable.getValue(), key, saver.getFilenameTensorName(), both));
        }
        nodes.add(both.build());
        return new Restoring(nodes, saver.toBuilder().setRestoreOpName(SCOPE).build());
    }

    /** Resource variables by the name that they share with other handles. */
    private static Map<String, NodeDef> handles(Collection<NodeDef> nodes) {
        Map<String, NodeDef> handles = new LinkedHashMap<>();
        for (NodeDef node : nodes) {
            if (node.getOp().equals("VarHandleOp")) {
                String shared = OpRegistry.attribute(node, "shared_name").getS().toStringUtf8();
                handles.put(shared.isEmpty() ? node.getName() : shared, node);
            }
        }
        return handles;
    }

    private static Map<String, String> keys(Path variables) {
        try {
            return new Checkpoint(variables).keys();
        } catch (IOException
                | BufferUnderflowException
                | IndexOutOfBoundsException
                | IllegalArgumentException
                | ArithmeticException e) {
            throw new ModelException(
                    "'"
                            + variables
                            + "' cannot be read: "
                            + e.getMessage()
                            + "; copy the whole model"
                            + " folder, or export it again.",
                    e);
        }
    }

    private static List<NodeDef> assign(
            NodeDef handle, String key, String file, NodeDef.Builder both) {
        String name = SCOPE + "/" + both.getInputCount() + "/";
        AttrValue type = OpRegistry.attribute(handle, "dtype");
        AttrValue.ListValue types =
                AttrValue.ListValue.newBuilder().addType(type.getType()).build();
        both.addInput("^" + name + "assign");
        return List.of(
                text(name + "key", key),
                text(name + "slice", ""),
                NodeDef.newBuilder()
                        .setName(name + "value")
                        .setOp("RestoreV2")
                        .addInput(Output.parse(file).asInput())
                        .addInput(name + "key")
                        .addInput(name + "slice")
                        .putAttr("dtypes", AttrValue.newBuilder().setList(types).build())
                        .build(),
                NodeDef.newBuilder()
                        .setName(name + "assign")
                        .setOp("AssignVariableOp")
                        .addInput(handle.getName())
                        .addInput(name + "value")
                        .putAttr("dtype", type)
                        .build());
    }

    private static NodeDef text(String name, String value) {
        TensorShapeProto.Dim one = TensorShapeProto.Dim.newBuilder().setSize(1).build();
        TensorProto tensor =
                TensorProto.newBuilder()
                        .setDtype(DataType.DT_STRING)
                        .setTensorShape(TensorShapeProto.newBuilder().addDim(one))
                        .addStringVal(ByteString.copyFromUtf8(value))
                        .build();
        return NodeDef.newBuilder()
                .setName(name)
                .setOp("Const")
                .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_STRING).build())
                .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
                .build();
    }
}
