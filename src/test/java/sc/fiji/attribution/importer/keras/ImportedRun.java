/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import sc.fiji.attribution.importer.Imported;
import sc.fiji.attribution.importer.WeightStore;
import sc.fiji.attribution.model.archive.TemporaryFolder;
import sc.fiji.attribution.testing.NativeTensorFlow;
import sc.fiji.attribution.testing.Npy;

/** What a file became, run as it is: all outputs of all inputs. */
final class ImportedRun {

    private ImportedRun() {}

    /** Outputs by name. */
    static Map<String, float[]> outputs(Path file, Map<String, Npy> inputs) {
        try (TemporaryFolder folder = TemporaryFolder.create();
                WeightStore weights = new WeightStore(folder.path())) {
            Imported imported = new KerasModels().read(file, weights);
            return run(imported, inputs);
        }
    }

    private static Map<String, float[]> run(Imported imported, Map<String, Npy> inputs) {
        MetaGraphDef meta = imported.graph();
        String restore = meta.getSaverDef().getRestoreOpName();
        String place = meta.getSaverDef().getFilenameTensorName().replaceFirst(":\\d+$", "");
        GraphDef.Builder graph = meta.getGraphDef().toBuilder();
        for (NodeDef.Builder node : graph.getNodeBuilderList()) {
            if (node.getName().equals(place)) {
                node.getAttrOrThrow("value");
                node.putAttr(
                        "value",
                        node.getAttrOrThrow("value").toBuilder()
                                .setTensor(
                                        node.getAttrOrThrow("value").getTensor().toBuilder()
                                                .setStringVal(
                                                        0,
                                                        ByteString.copyFromUtf8(
                                                                imported.variables()
                                                                        .resolve("variables")
                                                                        .toString())))
                                .build());
            }
        }
        SignatureDef signature = meta.getSignatureDefMap().values().iterator().next();
        Map<String, NativeTensorFlow.Value> feeds = new LinkedHashMap<>();
        signature
                .getInputsMap()
                .forEach((name, info) -> feeds.put(info.getName(), value(inputs.get(name))));
        List<String> names = List.copyOf(signature.getOutputsMap().keySet());
        List<String> fetches =
                names.stream().map(name -> signature.getOutputsOrThrow(name).getName()).toList();
        try (NativeTensorFlow.Session session =
                NativeTensorFlow.get().open(graph.build().toByteArray())) {
            if (!restore.isEmpty()) {
                session.run(restore);
            }
            List<NativeTensorFlow.Value> results = session.run(feeds, fetches);
            Map<String, float[]> outputs = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                ByteBuffer bytes = results.get(i).bytes().order(ByteOrder.nativeOrder());
                float[] floats = new float[bytes.remaining() / Float.BYTES];
                bytes.asFloatBuffer().get(floats);
                outputs.put(names.get(i), floats);
            }
            return outputs;
        }
    }

    private static NativeTensorFlow.Value value(Npy array) {
        float[] values = array.floats();
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.length * Float.BYTES)
                        .order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        long[] shape = Arrays.stream(array.shape()).asLongStream().toArray();
        return new NativeTensorFlow.Value(DataType.DT_FLOAT.getNumber(), shape, bytes);
    }
}
