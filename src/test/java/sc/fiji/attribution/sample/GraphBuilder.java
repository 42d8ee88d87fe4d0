/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VersionDef;

/** Writes a TensorFlow graph node by node, and saves it with one signature. */
final class GraphBuilder {

    private final GraphDef.Builder graph = GraphDef.newBuilder();
    private final SignatureDef.Builder signature =
            SignatureDef.newBuilder().setMethodName("tensorflow/serving/predict");

    /** Adds a node; the result is its name. */
    String add(
            String name,
            String op,
            List<String> inputs,
            UnaryOperator<NodeDef.Builder> attributes) {
        NodeDef.Builder node = NodeDef.newBuilder().setName(name).setOp(op).addAllInput(inputs);
        graph.addNode(attributes.apply(node));
        return name;
    }

    /** Adds a node whose only attribute is {@code T}, float. */
    String add(String name, String op, String... inputs) {
        return add(name, op, List.of(inputs), node -> node.putAttr("T", type(DataType.DT_FLOAT)));
    }

    String constant(String name, TensorProto value) {
        return add(
                name,
                "Const",
                List.of(),
                node ->
                        node.putAttr("dtype", type(value.getDtype()))
                                .putAttr("value", AttrValue.newBuilder().setTensor(value).build()));
    }

    String placeholder(String name, long... shape) {
        return add(
                name,
                "Placeholder",
                List.of(),
                node ->
                        node.putAttr("dtype", type(DataType.DT_FLOAT))
                                .putAttr("shape", shape(shape)));
    }

    void input(String key, String tensor, long... shape) {
        signature.putInputs(key, info(tensor, shape));
    }

    void output(String key, String tensor, long... shape) {
        signature.putOutputs(key, info(tensor, shape));
    }

    private static TensorInfo info(String tensor, long... shape) {
        return TensorInfo.newBuilder()
                .setName(tensor + ":0")
                .setDtype(DataType.DT_FLOAT)
                .setTensorShape(shape(shape).getShape())
                .build();
    }

    /**
     * Writes {@code saved_model.pb}.
     *
     * @param saver how to restore variables; {@code null} for a graph without
     */
    void save(Path folder, SaverDef saver) throws IOException {
        graph.setVersions(VersionDef.newBuilder().setProducer(1882).setMinConsumer(0));
        MetaGraphDef.Builder meta =
                MetaGraphDef.newBuilder()
                        .setMetaInfoDef(
                                MetaGraphDef.MetaInfoDef.newBuilder()
                                        .addTags("serve")
                                        .setTensorflowVersion("2.16.1"))
                        .setGraphDef(graph)
                        .putSignatureDef("serving_default", signature.build());
        if (saver != null) {
            meta.setSaverDef(saver);
        }
        Files.createDirectories(folder);
        SavedModel model =
                SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(meta).build();
        Files.write(folder.resolve("saved_model.pb"), model.toByteArray());
    }

    static AttrValue type(DataType type) {
        return AttrValue.newBuilder().setType(type).build();
    }

    static AttrValue types(List<DataType> types) {
        return AttrValue.newBuilder()
                .setList(AttrValue.ListValue.newBuilder().addAllType(types))
                .build();
    }

    static AttrValue text(String text) {
        return AttrValue.newBuilder().setS(ByteString.copyFromUtf8(text)).build();
    }

    static AttrValue flag(boolean flag) {
        return AttrValue.newBuilder().setB(flag).build();
    }

    static AttrValue integers(long... values) {
        AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
        for (long value : values) {
            list.addI(value);
        }
        return AttrValue.newBuilder().setList(list).build();
    }

    static AttrValue shape(long... extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long extent : extents) {
            shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(extent));
        }
        return AttrValue.newBuilder().setShape(shape).build();
    }

    static TensorProto floats(float[] values, long... shape) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder()
                        .setDtype(DataType.DT_FLOAT)
                        .setTensorShape(shape(shape).getShape());
        for (float value : values) {
            tensor.addFloatVal(value);
        }
        return tensor.build();
    }

    static TensorProto vector(int... values) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder()
                        .setDtype(DataType.DT_INT32)
                        .setTensorShape(shape(values.length).getShape());
        for (int value : values) {
            tensor.addIntVal(value);
        }
        return tensor.build();
    }

    /** A vector of strings. */
    static TensorProto vector(List<String> values) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder()
                        .setDtype(DataType.DT_STRING)
                        .setTensorShape(shape(values.size()).getShape());
        values.forEach(value -> tensor.addStringVal(ByteString.copyFromUtf8(value)));
        return tensor.build();
    }

    /** A scalar string. */
    static TensorProto scalar(String value) {
        return TensorProto.newBuilder()
                .setDtype(DataType.DT_STRING)
                .setTensorShape(shape().getShape())
                .addStringVal(ByteString.copyFromUtf8(value))
                .build();
    }
}
