/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.input;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.savedmodel.Signature;

/**
 * Puts constants in the place of a model's other inputs: age and sex of the patient, a training
 * flag. They are repeated for each image of the batch, and control flow that they decide is decided
 * before the graph is flattened.
 */
public final class ConstantInputs {

    private static final String SCOPE = "attribution_constant/";

    private final Graph graph;
    private final Ops ops;
    private final Output image;
    private final String model;

    private ConstantInputs(GraphDef original, Output image, String model) {
        this.graph = new Graph(original.getNodeList());
        this.ops = new Ops(graph, SCOPE);
        this.image = image;
        this.model = model;
    }

    /**
     * The graph with its other inputs held fixed.
     *
     * @param constants by the input's name in the signature, or by its placeholder's
     * @throws ModelException lists the inputs that are missing, or those that do not fit
     */
    public static GraphDef fix(
            GraphDef original, Signature signature, Map<String, float[]> constants, String model) {
        Map<String, TensorInfo> open = new LinkedHashMap<>(signature.others());
        for (NodeDef node : original.getNodeList()) {
            if (node.getOp().equals("Placeholder") && constants.containsKey(node.getName())) {
                open.putIfAbsent(node.getName(), info(node));
            }
        }
        signature.requireValues(constants, open.keySet(), model);
        if (open.isEmpty()) {
            return original;
        }
        ConstantInputs feeds =
                new ConstantInputs(original, Output.parse(signature.input().getName()), model);
        open.forEach((name, info) -> feeds.fix(name, info, constants.get(name)));
        return original.toBuilder().clearNode().addAllNode(feeds.graph.nodes()).build();
    }

    private static TensorInfo info(NodeDef placeholder) {
        return TensorInfo.newBuilder()
                .setName(placeholder.getName() + ":0")
                .setDtype(OpRegistry.attribute(placeholder, "dtype").getType())
                .setTensorShape(OpRegistry.attribute(placeholder, "shape").getShape())
                .build();
    }

    private void fix(String name, TensorInfo info, float[] values) {
        Output constant =
                ops.constant(
                        DataType.DT_FLOAT,
                        values.length * Float.BYTES,
                        bytes -> bytes.asFloatBuffer().put(values),
                        extents(name, info, values.length));
        Output typed = ops.cast(constant, info.getDtype());
        if (hasBatch(info)) {
            Output batch = ops.slice(ops.shape(image), 0, 1);
            Output rest = ops.slice(ops.shape(typed), 1, -1);
            typed = ops.emit("BroadcastTo", typed, ops.concat(batch, rest));
        }
        Output placeholder = Output.parse(info.getName());
        for (NodeDef reader : new ArrayList<>(graph.nodes())) {
            graph.redirect(reader.getName(), placeholder, typed);
        }
    }

    private static boolean hasBatch(TensorInfo info) {
        TensorShapeProto shape = info.getTensorShape();
        return shape.getDimCount() > 0 && shape.getDim(0).getSize() < 0;
    }

    /** The input's extents with 1 for the batch, and what is left for one unknown extent. */
    private long[] extents(String name, TensorInfo info, int count) {
        List<Long> extents = new ArrayList<>();
        info.getTensorShape().getDimList().forEach(dim -> extents.add(dim.getSize()));
        if (hasBatch(info)) {
            extents.set(0, 1L);
        }
        long known = 1;
        for (long extent : extents) {
            known *= Math.max(1, extent);
        }
        int unknown = extents.indexOf(-1L);
        if (unknown >= 0) {
            extents.set(unknown, count / known);
        } else if (known != count) {
            throw new ModelException(
                    "Input '"
                            + name
                            + "' of model '"
                            + model
                            + "' takes "
                            + known
                            + " numbers, but "
                            + count
                            + " are given (constants=).");
        }
        return extents.stream().mapToLong(extent -> Math.max(1, extent)).toArray();
    }
}
