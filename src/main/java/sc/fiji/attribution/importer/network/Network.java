/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.Imported;
import sc.fiji.attribution.importer.WeightStore;

/**
 * A network that is built: its graph, with one signature of the author's names, and what restores
 * its variables by their names.
 */
public final class Network {

    private static final String SIGNATURE = "serving_default";
    private static final String RESTORE = "attribution_checkpoint";

    private final WeightStore store;
    private final MetaGraphDef.Builder meta = MetaGraphDef.newBuilder();

    Network(
            NetworkBuilder builder,
            WeightStore store,
            Map<String, Value> inputs,
            Map<String, Value> outputs) {
        this.store = store;
        SignatureDef.Builder signature =
                SignatureDef.newBuilder().setMethodName("tensorflow/serving/predict");
        inputs.forEach((name, value) -> signature.putInputs(name, info(value.output(), value)));
        outputs.forEach(
                (name, value) -> signature.putOutputs(name, info(builder.output(value), value)));
        Map<String, DataType> variables = store.finish();
        meta.getMetaInfoDefBuilder().addTags("serve");
        meta.putSignatureDef(SIGNATURE, signature.build());
        meta.setGraphDef(builder.graph().toProto());
        if (!variables.isEmpty()) {
            restore(variables);
        }
    }

    private static TensorInfo info(Output output, Value value) {
        return TensorInfo.newBuilder()
                .setName(output.toString())
                .setDtype(value.type())
                .setTensorShape(NetworkBuilder.shape(value.shape()))
                .build();
    }

    private void restore(Map<String, DataType> variables) {
        String file = RESTORE + "/file";
        NodeDef.Builder all = NodeDef.newBuilder().setName(RESTORE + "/all").setOp("NoOp");
        List<NodeDef> nodes = new ArrayList<>(List.of(text(file, "", false)));
        variables.forEach(
                (name, type) -> {
                    String at = RESTORE + "/" + all.getInputCount() + "/";
                    AttrValue.ListValue types =
                            AttrValue.ListValue.newBuilder().addType(type).build();
                    nodes.add(text(at + "key", name, true));
                    nodes.add(text(at + "slice", "", true));
                    nodes.add(
                            NodeDef.newBuilder()
                                    .setName(at + "value")
                                    .setOp("RestoreV2")
                                    .addInput(file)
                                    .addInput(at + "key")
                                    .addInput(at + "slice")
                                    .putAttr(
                                            "dtypes", AttrValue.newBuilder().setList(types).build())
                                    .build());
                    nodes.add(
                            NodeDef.newBuilder()
                                    .setName(at + "assign")
                                    .setOp("AssignVariableOp")
                                    .addInput(name)
                                    .addInput(at + "value")
                                    .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
                                    .build());
                    all.addInput("^" + at + "assign");
                });
        nodes.add(all.build());
        meta.getGraphDefBuilder().addAllNode(nodes);
        meta.setSaverDef(
                SaverDef.newBuilder()
                        .setFilenameTensorName(file + ":0")
                        .setRestoreOpName(RESTORE + "/all")
                        .setVersion(SaverDef.CheckpointFormatVersion.V2));
    }

    private static NodeDef text(String name, String value, boolean vector) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        if (vector) {
            shape.addDimBuilder().setSize(1);
        }
        TensorProto tensor =
                TensorProto.newBuilder()
                        .setDtype(DataType.DT_STRING)
                        .setTensorShape(shape)
                        .addStringVal(ByteString.copyFromUtf8(value))
                        .build();
        return NodeDef.newBuilder()
                .setName(name)
                .setOp("Const")
                .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_STRING).build())
                .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
                .build();
    }

    /**
     * The result of a front end.
     *
     * @param channelsFirst whether the image has its channels before space
     */
    public Imported imported(
            Optional<Boolean> channelsFirst,
            List<String> labels,
            Map<String, String> facts,
            List<String> warnings) {
        return new Imported(meta.build(), store.folder(), channelsFirst, labels, facts, warnings);
    }
}
