/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Kernels;
import sc.fiji.attribution.graph.sewing.Sewing;
import sc.fiji.attribution.importer.Imported;
import sc.fiji.attribution.importer.WeightStore;
import sc.fiji.attribution.importer.onnx.OnnxFile.Array;
import sc.fiji.attribution.testing.NativeTensorFlow;

/** A file's outputs by ONNX Runtime, and by TensorFlow after it was imported. */
final class Both {

    private Both() {}

    /** Outputs in the order of their names' places in the list. */
    static List<Array> byOnnxRuntime(OnnxFile file, List<String> outputs) throws OrtException {
        OrtEnvironment env = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensorLike> feeds = new LinkedHashMap<>();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
        try (OrtSession session = env.createSession(file.write(), options)) {
            for (var each : file.inputs().entrySet()) {
                feeds.put(each.getKey(), tensor(env, each.getValue()));
            }
            List<Array> results = new ArrayList<>();
            try (OrtSession.Result result = session.run(feeds)) {
                for (String name : outputs) {
                    results.add(array((OnnxTensor) result.get(name).orElseThrow()));
                }
            }
            feeds.values().forEach(OnnxTensorLike::close);
            return results;
        }
    }

    private static OnnxTensor tensor(OrtEnvironment env, Array array) throws OrtException {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(array.bytes().remaining()).order(ByteOrder.nativeOrder());
        bytes.put(array.bytes()).flip();
        return switch (array.type()) {
            case OnnxFile.FLOAT ->
                    OnnxTensor.createTensor(env, bytes.asFloatBuffer(), array.shape());
            case OnnxFile.INT64 ->
                    OnnxTensor.createTensor(env, bytes.asLongBuffer(), array.shape());
            default ->
                    OnnxTensor.createTensor(
                            env, bytes, array.shape(), ai.onnxruntime.OnnxJavaType.BOOL);
        };
    }

    private static Array array(OnnxTensor tensor) {
        long[] shape = tensor.getInfo().getShape();
        switch (tensor.getInfo().type) {
            case FLOAT -> {
                FloatBuffer all = tensor.getFloatBuffer();
                double[] numbers = new double[all.remaining()];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = all.get(i);
                }
                return new Array(OnnxFile.FLOAT, shape, numbers);
            }
            case INT64 -> {
                LongBuffer all = tensor.getLongBuffer();
                double[] numbers = new double[all.remaining()];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = all.get(i);
                }
                return new Array(OnnxFile.INT64, shape, numbers);
            }
            default -> {
                ByteBuffer all = tensor.getByteBuffer();
                double[] numbers = new double[all.remaining()];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = all.get(i);
                }
                return new Array(OnnxFile.BOOL, shape, numbers);
            }
        }
    }

    /** The same by what this project makes of the file. */
    static List<Array> imported(OnnxFile file, List<String> outputs, Path folder)
            throws IOException {
        Path path = Files.write(folder.resolve("case.onnx"), file.write());
        Path variables = Files.createDirectory(folder.resolve("variables"));
        try (WeightStore store = new WeightStore(variables)) {
            Imported imported = new OnnxModels().read(path, store);
            MetaGraphDef meta = imported.graph();
            SignatureDef signature = meta.getSignatureDefOrThrow("serving_default");
            GraphDef graph = loaded(placed(meta, variables.resolve("variables")));
            try (NativeTensorFlow.Session session =
                    NativeTensorFlow.get().open(graph.toByteArray())) {
                if (meta.hasSaverDef()) {
                    session.run(meta.getSaverDef().getRestoreOpName());
                }
                Map<String, NativeTensorFlow.Value> feeds = new LinkedHashMap<>();
                file.inputs()
                        .forEach(
                                (name, example) ->
                                        feeds.put(
                                                signature.getInputsOrThrow(name).getName(),
                                                value(example)));
                List<String> fetches =
                        outputs.stream()
                                .map(name -> signature.getOutputsOrThrow(name).getName())
                                .toList();
                List<Array> results = new ArrayList<>();
                for (NativeTensorFlow.Value each : session.run(feeds, fetches)) {
                    results.add(array(each));
                }
                return results;
            }
        }
    }

    /** With what a network is given for TensorFlow's kernels when it is loaded. */
    private static GraphDef loaded(GraphDef placed) {
        Graph graph = new Graph(placed.getNodeList());
        GraphDef.Builder loaded = placed.toBuilder().clearNode();
        Sewing sewing = new Sewing(graph, placed.getNodeList(), Kernels.UNKNOWN);
        placed.getNodeList().forEach(node -> loaded.addAllNode(sewing.sew(node)));
        return loaded.build();
    }

    /** The graph with the place of its checkpoint in it. */
    private static GraphDef placed(MetaGraphDef meta, Path prefix) {
        if (!meta.hasSaverDef()) {
            return meta.getGraphDef();
        }
        String file = meta.getSaverDef().getFilenameTensorName().replace(":0", "");
        GraphDef.Builder graph = meta.getGraphDef().toBuilder();
        for (int i = 0; i < graph.getNodeCount(); i++) {
            if (graph.getNode(i).getName().equals(file)) {
                NodeDef.Builder node = graph.getNode(i).toBuilder();
                var text = node.getAttrOrThrow("value").toBuilder();
                text.getTensorBuilder()
                        .clearStringVal()
                        .addStringVal(
                                com.google.protobuf.ByteString.copyFromUtf8(prefix.toString()));
                graph.setNode(i, node.putAttr("value", text.build()));
            }
        }
        return graph.build();
    }

    private static NativeTensorFlow.Value value(Array array) {
        DataType type =
                switch (array.type()) {
                    case OnnxFile.FLOAT -> DataType.DT_FLOAT;
                    case OnnxFile.INT64 -> DataType.DT_INT64;
                    default -> DataType.DT_BOOL;
                };
        return new NativeTensorFlow.Value(type.getNumber(), array.shape(), array.bytes());
    }

    private static Array array(NativeTensorFlow.Value value) {
        ByteBuffer bytes = value.bytes().order(ByteOrder.nativeOrder());
        DataType type = DataType.forNumber(value.type());
        int width = type == DataType.DT_INT64 ? 8 : type == DataType.DT_BOOL ? 1 : 4;
        double[] numbers = new double[bytes.remaining() / width];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] =
                    switch (type) {
                        case DT_FLOAT -> bytes.getFloat();
                        case DT_INT64 -> bytes.getLong();
                        case DT_INT32 -> bytes.getInt();
                        default -> bytes.get();
                    };
        }
        int as =
                type == DataType.DT_FLOAT
                        ? OnnxFile.FLOAT
                        : type == DataType.DT_BOOL ? OnnxFile.BOOL : OnnxFile.INT64;
        return new Array(as, value.shape(), numbers);
    }
}
