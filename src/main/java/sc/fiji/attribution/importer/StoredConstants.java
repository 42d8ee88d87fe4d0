/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Kernels;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.savedmodel.Assembly;
import sc.fiji.attribution.graph.savedmodel.Checkpoint;

/**
 * Weights that stand in a graph as constants, as in a frozen network, become variables of the same
 * names. TensorFlow copies constants into each way of running a graph, several times over: 47 MB of
 * them take 100 to 600 MB more for each kind of pass, and do not go back when the model is closed.
 *
 * @param savedModel the network, whose nodes have the names that they had
 * @param checkpoint the files that its variables are restored from; empty where it has none
 */
public record StoredConstants(SavedModel savedModel, List<Path> checkpoint) {

    /**
     * Moves the constants of a network without variables; one that has some keeps its constants.
     *
     * @param files of the checkpoint that the network has
     * @param folder an empty one of the caller's, which holds the constants from now on
     * @param model its name, for messages
     */
    public static StoredConstants of(
            SavedModel savedModel, List<Path> files, Path folder, String model) {
        MetaGraphDef meta = savedModel.getMetaGraphs(0);
        List<NodeDef> large =
                meta.getGraphDef().getNodeList().stream().filter(StoredConstants::isLarge).toList();
        if (!files.isEmpty() || large.isEmpty()) {
            return new StoredConstants(savedModel, files);
        }
        try (WeightStore weights = new WeightStore(folder)) {
            return of(meta, large, weights, model);
        }
    }

    private static StoredConstants of(
            MetaGraphDef meta, List<NodeDef> large, WeightStore weights, String model) {
        Graph graph = new Graph(meta.getGraphDef().getNodeList());
        for (NodeDef node : large) {
            TensorProto tensor = node.getAttrOrThrow("value").getTensor();
            String name = node.getName() + "/stored";
            Output read = weights.value(graph, name, new Constant(tensor));
            graph.put(
                    NodeDef.newBuilder()
                            .setName(node.getName())
                            .setOp("Identity")
                            .addInput(read.asInput())
                            .putAttr("T", node.getAttrOrThrow("dtype"))
                            .build());
        }
        weights.finish();
        Assembly assembly = new Assembly(meta, graph, Kernels.UNKNOWN);
        meta.getSignatureDefMap()
                .forEach(
                        (key, signature) ->
                                assembly.signature(
                                        key,
                                        outputs(signature.getInputsMap()),
                                        outputs(signature.getOutputsMap())));
        assembly.keep(unread(meta));
        Checkpoint checkpoint = new Checkpoint(weights.folder());
        SavedModel stored = assembly.savedModel(checkpoint, model);
        return new StoredConstants(stored, checkpoint.files());
    }

    /** Nodes that no signature needs: they are there for the passes to come. */
    private static Set<String> unread(MetaGraphDef meta) {
        Graph graph = new Graph(meta.getGraphDef().getNodeList());
        Set<String> ends = new HashSet<>();
        for (SignatureDef each : meta.getSignatureDefMap().values()) {
            outputs(each.getInputsMap()).values().forEach(tensor -> ends.add(tensor.node()));
            outputs(each.getOutputsMap()).values().forEach(tensor -> ends.add(tensor.node()));
        }
        Set<String> unread = new HashSet<>();
        graph.nodes().forEach(node -> unread.add(node.getName()));
        graph.ancestors(ends).forEach(node -> unread.remove(node.getName()));
        return unread;
    }

    private static boolean isLarge(NodeDef node) {
        if (!node.getOp().equals("Const")) {
            return false;
        }
        TensorProto tensor = node.getAttrOrThrow("value").getTensor();
        return tensor.getDtype() == DataType.DT_FLOAT
                && bytes(tensor) >= WeightStore.SMALLEST
                && (tensor.getTensorContent().size() == bytes(tensor)
                        || (long) tensor.getFloatValCount() * Float.BYTES == bytes(tensor));
    }

    private static long bytes(TensorProto tensor) {
        long bytes = Float.BYTES;
        for (TensorShapeProto.Dim dim : tensor.getTensorShape().getDimList()) {
            bytes = Math.multiplyExact(bytes, dim.getSize());
        }
        return bytes;
    }

    private static Map<String, Output> outputs(Map<String, TensorInfo> infos) {
        Map<String, Output> outputs = new TreeMap<>();
        infos.forEach((key, info) -> outputs.put(key, Output.parse(info.getName())));
        return outputs;
    }

    private record Constant(TensorProto tensor) implements Weight {

        @Override
        public DataType type() {
            return DataType.DT_FLOAT;
        }

        @Override
        public long[] shape() {
            return tensor.getTensorShape().getDimList().stream()
                    .mapToLong(TensorShapeProto.Dim::getSize)
                    .toArray();
        }

        @Override
        public ByteBuffer read() {
            if (!tensor.getTensorContent().isEmpty()) {
                return tensor.getTensorContent().asReadOnlyByteBuffer();
            }
            ByteBuffer values =
                    ByteBuffer.allocate(tensor.getFloatValCount() * Float.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN);
            tensor.getFloatValList().forEach(values::putFloat);
            return values.flip();
        }
    }
}
