/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.sample;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.TensorProto;

/** A model's variables: nodes that hold, read and restore them, and the files they come from. */
final class Variables {

    private final Map<String, TensorProto> values = new LinkedHashMap<>();

    /** Adds a variable to the graph; the result is the name of the node that reads it. */
    String variable(GraphBuilder graph, String name, TensorProto value) {
        values.put(name, value);
        graph.add(
                name,
                "VarHandleOp",
                List.of(),
                node ->
                        node.putAttr("dtype", GraphBuilder.type(DataType.DT_FLOAT))
                                .putAttr("shape", GraphBuilder.shape(extents(value)))
                                .putAttr("container", GraphBuilder.text(""))
                                .putAttr("shared_name", GraphBuilder.text(name)));
        return graph.add(
                name + "/Read/ReadVariableOp",
                "ReadVariableOp",
                List.of(name),
                node -> node.putAttr("dtype", GraphBuilder.type(DataType.DT_FLOAT)));
    }

    private static long[] extents(TensorProto value) {
        return value.getTensorShape().getDimList().stream().mapToLong(d -> d.getSize()).toArray();
    }

    private List<String> names() {
        return new ArrayList<>(values.keySet());
    }

    /** Adds what a loader runs to fill the variables. */
    SaverDef restore(GraphBuilder graph) {
        List<String> names = names();
        List<DataType> types = Collections.nCopies(names.size(), DataType.DT_FLOAT);
        String prefix = graph.constant("save/Const", GraphBuilder.scalar("variables"));
        String keys = graph.constant("save/names", GraphBuilder.vector(names));
        String slices =
                graph.constant(
                        "save/slices", GraphBuilder.vector(Collections.nCopies(names.size(), "")));
        graph.add(
                "save/RestoreV2",
                "RestoreV2",
                List.of(prefix, keys, slices),
                node -> node.putAttr("dtypes", GraphBuilder.types(types)));
        List<String> done = new ArrayList<>();
        for (int n = 0; n < names.size(); n++) {
            done.add(
                    "^"
                            + graph.add(
                                    "save/Assign_" + n,
                                    "AssignVariableOp",
                                    List.of(names.get(n), "save/RestoreV2:" + n),
                                    node ->
                                            node.putAttr(
                                                    "dtype",
                                                    GraphBuilder.type(DataType.DT_FLOAT))));
        }
        String all = graph.add("save/restore_all", "NoOp", done, node -> node);
        return SaverDef.newBuilder()
                .setFilenameTensorName(prefix + ":0")
                .setRestoreOpName(all)
                .setVersion(SaverDef.CheckpointFormatVersion.V2)
                .build();
    }

    /**
     * Writes the files of the variables: TensorFlow does, by running a model whose graph holds the
     * values as constants and an op that saves them.
     *
     * @param folder where {@code variables.index} and its data go
     * @param scratch an empty folder for that model
     */
    void write(Path folder, Path scratch) throws Exception {
        Files.createDirectories(folder);
        GraphBuilder graph = new GraphBuilder();
        List<String> names = names();
        List<String> inputs = new ArrayList<>();
        inputs.add(
                graph.constant(
                        "prefix",
                        GraphBuilder.scalar(
                                folder.toAbsolutePath().resolve("variables").toString())));
        inputs.add(graph.constant("names", GraphBuilder.vector(names)));
        inputs.add(
                graph.constant(
                        "slices", GraphBuilder.vector(Collections.nCopies(names.size(), ""))));
        for (int n = 0; n < names.size(); n++) {
            inputs.add(graph.constant("value_" + n, values.get(names.get(n))));
        }
        List<DataType> types = Collections.nCopies(names.size(), DataType.DT_FLOAT);
        graph.add(
                "save",
                "SaveV2",
                inputs,
                node -> node.putAttr("dtypes", GraphBuilder.types(types)));
        graph.input("go", graph.placeholder("go", 1), 1);
        // Only a tensor can be asked for, so one that waits for the saving.
        graph.output("done", graph.add("done", "Identity", "go", "^save"), 1);
        graph.save(scratch, null);
        try (Model model = Model.newInstance("saved_model", "TensorFlow");
                NDManager manager = NDManager.newBaseManager(Device.cpu(), "TensorFlow")) {
            model.load(scratch);
            NDList go = new NDList(manager.create(new float[1], new Shape(1)));
            model.getBlock().forward(new ParameterStore(manager, false), go, false);
        }
        if (!Files.exists(folder.resolve("variables.index"))) {
            throw new IOException("TensorFlow wrote no variables.index to " + folder);
        }
    }
}
