/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.BundleEntryProto;
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
import sc.fiji.attribution.graph.rewrite.Precomputed;

/**
 * What fills the variables when a model is loaded: nodes of our own that read the checkpoint beside
 * the model, and nothing else. The model's own restore graph is a program, which could read any
 * file; it says which key belongs to which variable, and does not run. Where it does not say so,
 * the checkpoint's record of names does, or the variable's name is the key.
 *
 * @param nodes the nodes that restore, and all that they read but the variables
 * @param saver names the node that the loader runs; empty where there are no variables
 */
record Restoring(List<NodeDef> nodes, Optional<SaverDef> saver) {

    private static final String SCOPE = "attribution_restore/";
    private static final String FILE = SCOPE + "file";
    private static final String ALL = SCOPE + "all";
    private static final String SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE";

    /** As TensorFlow writes a part: extents of the whole, then start and length of each axis. */
    private static final String PART = "(\\d+ )+(-|\\d+,\\d+)(:(-|\\d+,\\d+))*";

    /**
     * @param used the nodes that the model runs, and those of what is precomputed
     * @param precomputed what is made of the variables once they are filled
     * @throws ModelException where a variable that is read cannot be restored
     */
    static Restoring of(
            MetaGraphDef original,
            Graph used,
            List<Precomputed> precomputed,
            Checkpoint checkpoint,
            String model) {
        Map<String, NodeDef> variables = new LinkedHashMap<>();
        Set<NodeDef> made =
                precomputed.stream().map(Precomputed::variable).collect(Collectors.toSet());
        used.nodes().stream()
                .filter(node -> RestoreGraph.isVariable(node) && !made.contains(node))
                .forEach(node -> variables.put(RestoreGraph.variable(node), node));
        if (variables.isEmpty()) {
            return new Restoring(List.of(), Optional.empty());
        }
        Map<String, String> names = new HashMap<>(checkpoint.keys());
        names.putAll(CapturedVariables.keys(original, checkpoint.objectKeys()));
        Sources sources =
                new Sources(checkpoint, RestoreGraph.of(original).variables(), names, model);
        List<String> keys = new ArrayList<>();
        List<String> slices = new ArrayList<>();
        AttrValue.ListValue.Builder types = AttrValue.ListValue.newBuilder();
        List<NodeDef> nodes = new ArrayList<>();
        NodeDef.Builder all = NodeDef.newBuilder().setName(ALL).setOp("NoOp");
        Map<String, String> assigned = new HashMap<>();
        for (Map.Entry<String, NodeDef> variable : variables.entrySet()) {
            RestoreGraph.Slice source = sources.of(variable.getKey(), variable.getValue());
            NodeDef assign = assign(variable.getValue(), keys.size());
            nodes.add(assign);
            all.addInput("^" + assign.getName());
            assigned.put(variable.getValue().getName(), assign.getName());
            keys.add(source.key());
            slices.add(source.slice());
            types.addType(OpRegistry.attribute(variable.getValue(), "dtype").getType());
        }
        for (Precomputed each : precomputed) {
            NodeDef fill = fill(each, used, assigned, nodes);
            nodes.add(fill);
            all.addInput("^" + fill.getName());
        }
        nodes.add(texts(FILE, List.of(""), true));
        nodes.add(texts(SCOPE + "keys", keys, false));
        nodes.add(texts(SCOPE + "slices", slices, false));
        nodes.add(
                NodeDef.newBuilder()
                        .setName(SCOPE + "values")
                        .setOp("RestoreV2")
                        .addInput(FILE)
                        .addInput(SCOPE + "keys")
                        .addInput(SCOPE + "slices")
                        .putAttr("dtypes", AttrValue.newBuilder().setList(types).build())
                        .build());
        nodes.add(all.build());
        SaverDef saver =
                SaverDef.newBuilder()
                        .setVersion(SaverDef.CheckpointFormatVersion.V2)
                        .setFilenameTensorName(FILE + ":0")
                        .setRestoreOpName(ALL)
                        .build();
        return new Restoring(nodes, Optional.of(saver));
    }

    /** Finds where in the checkpoint a variable's values are. */
    private record Sources(
            Checkpoint checkpoint,
            Map<String, RestoreGraph.Slice> recorded,
            Map<String, String> names,
            String model) {

        RestoreGraph.Slice of(String variable, NodeDef node) {
            RestoreGraph.Slice slice = recorded.get(variable);
            if (slice == null || !checkpoint.has(slice.key())) {
                String key =
                        Stream.of(names.getOrDefault(variable, ""), variable, variable + SUFFIX)
                                .filter(checkpoint::has)
                                .findFirst()
                                .orElseThrow(() -> missing(variable));
                slice = new RestoreGraph.Slice(key, "");
            }
            check(variable, node, slice);
            return slice;
        }

        private ModelException missing(String variable) {
            return new ModelException(
                    "Model '"
                            + model
                            + "' does not restore its weights (variable "
                            + variable
                            + "): export it again, in Keras 3 with model.export(folder).");
        }

        private void check(String variable, NodeDef node, RestoreGraph.Slice slice) {
            BundleEntryProto entry = checkpoint.entry(slice.key());
            TensorShapeProto wanted =
                    node.getAttrOrDefault("shape", AttrValue.getDefaultInstance()).getShape();
            boolean part = !slice.slice().isEmpty();
            DataType type = OpRegistry.attribute(node, "dtype").getType();
            if (entry.getDtype() != type
                    || part && !slice.slice().matches(PART)
                    || !part && !fits(entry.getShape(), wanted, node)) {
                throw new ModelException(
                        "Model '"
                                + model
                                + "' does not fit its weights: variable "
                                + variable
                                + " is another array in variables.index; copy the whole model"
                                + " folder, or export it again.");
            }
        }

        private static boolean fits(
                TensorShapeProto stored, TensorShapeProto wanted, NodeDef node) {
            // TensorFlow 1 wrote variables of unknown shape as scalars.
            if (!node.containsAttr("shape")
                    || wanted.getUnknownRank()
                    || wanted.getDimCount() == 0 && !node.getOp().equals("VarHandleOp")) {
                return true;
            }
            boolean fits = stored.getDimCount() == wanted.getDimCount();
            for (int i = 0; fits && i < stored.getDimCount(); i++) {
                long extent = wanted.getDim(i).getSize();
                fits = extent < 0 || extent == stored.getDim(i).getSize();
            }
            return fits;
        }
    }

    /** Computes a value by nodes of its own, which wait for the variables that they read. */
    private static NodeDef fill(
            Precomputed precomputed, Graph used, Map<String, String> assigned, List<NodeDef> to) {
        String scope = SCOPE + precomputed.variable().getName() + "/";
        for (NodeDef node : used.ancestors(List.of(precomputed.value().node()))) {
            if (assigned.containsKey(node.getName())) {
                continue;
            }
            NodeDef.Builder copy = node.toBuilder().setName(scope + node.getName()).clearInput();
            for (Output input : Graph.inputs(node)) {
                copy.addInput(
                        assigned.containsKey(input.node())
                                ? input.asInput()
                                : scope + input.asInput());
            }
            Graph.predecessors(node).stream()
                    .filter(assigned::containsKey)
                    .distinct()
                    .forEach(variable -> copy.addInput("^" + assigned.get(variable)));
            to.add(copy.build());
        }
        return NodeDef.newBuilder()
                .setName(scope + "fill")
                .setOp("AssignVariableOp")
                .addInput(precomputed.variable().getName())
                .addInput(scope + precomputed.value().asInput())
                .putAttr("dtype", OpRegistry.attribute(precomputed.variable(), "dtype"))
                .build();
    }

    private static NodeDef assign(NodeDef variable, int index) {
        boolean handle = variable.getOp().equals("VarHandleOp");
        return NodeDef.newBuilder()
                .setName(SCOPE + "assign_" + index)
                .setOp(handle ? "AssignVariableOp" : "Assign")
                .addInput(variable.getName())
                .addInput(SCOPE + "values" + (index == 0 ? "" : ":" + index))
                .putAttr(handle ? "dtype" : "T", OpRegistry.attribute(variable, "dtype"))
                .build();
    }

    private static NodeDef texts(String name, List<String> values, boolean scalar) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        if (!scalar) {
            shape.addDimBuilder().setSize(values.size());
        }
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setDtype(DataType.DT_STRING).setTensorShape(shape);
        values.forEach(value -> tensor.addStringVal(ByteString.copyFromUtf8(value)));
        return NodeDef.newBuilder()
                .setName(name)
                .setOp("Const")
                .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_STRING).build())
                .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
                .build();
    }
}
