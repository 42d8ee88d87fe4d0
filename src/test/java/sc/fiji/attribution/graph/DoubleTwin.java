/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * A network of float32 that computes in float64, for finite differences: with 53 bits a step can be
 * so short that it meets hardly any kink. Weights are those stored. Ops that TensorFlow has in
 * float32 only are written out in others, by their definition.
 */
public final class DoubleTwin {

    private final Graph graph;
    private final Ops ops;
    private final Set<String> kept;

    private DoubleTwin(GraphDef original, Set<String> restoring, String logits) {
        Graph all = new Graph(original.getNodeList());
        Set<String> roots = new HashSet<>(restoring);
        roots.add(Output.parse(logits).node());
        this.graph = new Graph(all.ancestors(roots));
        this.ops = new Ops(graph, "twin/");
        this.kept = new HashSet<>();
        for (NodeDef node : graph.ancestors(restoring)) {
            kept.add(node.getName());
        }
    }

    /**
     * @param original flat
     * @param restoring the nodes that fill the variables
     * @param logits the tensor that is wanted
     * @return what it needs, with inputs, constants and results of type double; nodes keep their
     *     names
     */
    public static GraphDef of(GraphDef original, Set<String> restoring, String logits) {
        DoubleTwin twin = new DoubleTwin(original, restoring, logits);
        twin.convert();
        return twin.graph
                .toProto()
                .setVersions(original.getVersions())
                .setLibrary(original.getLibrary())
                .build();
    }

    private void convert() {
        List<NodeDef> nodes = new ArrayList<>(graph.nodes());
        Set<String> stored = new HashSet<>();
        for (NodeDef node : nodes) {
            boolean reads =
                    node.getOp().equals("ReadVariableOp") || node.getOp().equals("VariableV2");
            if (reads && graph.type(new Output(node.getName(), 0)) == DataType.DT_FLOAT) {
                stored.add(node.getName());
            } else if (!kept.contains(node.getName()) && !node.getOp().equals("VarHandleOp")) {
                graph.put(doubled(node));
            }
        }
        for (String name : stored) {
            Output single = new Output(name, 0);
            Output wide = ops.cast(single, DataType.DT_DOUBLE);
            for (NodeDef reader : nodes) {
                if (!kept.contains(reader.getName())) {
                    graph.redirect(reader.getName(), single, wide);
                }
            }
        }
        for (NodeDef node : nodes) {
            if (!kept.contains(node.getName())) {
                writeOut(Node.of(graph.node(node.getName())));
            }
        }
    }

    private static NodeDef doubled(NodeDef node) {
        NodeDef.Builder wide = node.toBuilder();
        OpRegistry.ops().get(node.getOp()).getAttrList().stream()
                .filter(attribute -> attribute.getDefaultValue().getType() == DataType.DT_FLOAT)
                .filter(attribute -> !node.containsAttr(attribute.getName()))
                .forEach(attribute -> wide.putAttr(attribute.getName(), type()));
        for (Map.Entry<String, AttrValue> attribute : node.getAttrMap().entrySet()) {
            AttrValue value = attribute.getValue();
            if (value.getType() == DataType.DT_FLOAT) {
                wide.putAttr(attribute.getKey(), type());
            } else if (value.getTensor().getDtype() == DataType.DT_FLOAT) {
                wide.putAttr(
                        attribute.getKey(),
                        AttrValue.newBuilder().setTensor(doubled(value.getTensor())).build());
            } else if (value.getList().getTypeList().contains(DataType.DT_FLOAT)) {
                AttrValue.ListValue.Builder list = value.getList().toBuilder().clearType();
                value.getList()
                        .getTypeList()
                        .forEach(
                                t -> list.addType(t == DataType.DT_FLOAT ? DataType.DT_DOUBLE : t));
                wide.putAttr(attribute.getKey(), AttrValue.newBuilder().setList(list).build());
            }
        }
        return wide.build();
    }

    private static AttrValue type() {
        return AttrValue.newBuilder().setType(DataType.DT_DOUBLE).build();
    }

    private static TensorProto doubled(TensorProto tensor) {
        TensorProto.Builder wide =
                TensorProto.newBuilder()
                        .setDtype(DataType.DT_DOUBLE)
                        .setTensorShape(tensor.getTensorShape());
        tensor.getFloatValList().forEach(wide::addDoubleVal);
        var content =
                tensor.getTensorContent()
                        .asReadOnlyByteBuffer()
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN);
        while (content.remaining() >= Float.BYTES) {
            wide.addDoubleVal(content.getFloat());
        }
        return wide.build();
    }

    private void writeOut(Node n) {
        switch (n.op()) {
            case "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3" -> replace(n, norm(n));
            case "MaxPool3D" -> replace(n, pool(n, "MaxPool"));
            case "AvgPool3D" -> replace(n, pool(n, "AvgPool"));
            case "LRN" -> replace(n, responseNorm(n));
            case "ResizeBilinear", "ResizeBicubic" -> replace(n, resize(n));
            default -> {}
        }
    }

    /** The node's name goes to what computes the same. */
    private void replace(Node n, Output by) {
        graph.put(
                NodeDef.newBuilder()
                        .setName(n.name())
                        .setOp("Identity")
                        .addInput(by.asInput())
                        .putAttr("T", type())
                        .build());
    }

    private Output norm(Node n) {
        Output mean = n.in(3);
        Output variance = n.in(4);
        if (n.flag("is_training")) {
            Output others = ops.vector(0, 1, 2);
            mean = ops.emit("Mean", n.in(0), others);
            variance = ops.emit("Mean", ops.emit("SquaredDifference", n.in(0), mean), others);
        }
        Output epsilon = ops.scalar(n.attr("epsilon").getF(), variance);
        Output factor = ops.mul(n.in(1), ops.emit("Rsqrt", ops.add(variance, epsilon)));
        return ops.add(ops.mul(ops.sub(n.in(0), mean), factor), n.in(2));
    }

    /** A box is rows and columns, and then planes: for maxima, and for means over what is there. */
    private Output pool(Node n, String op) {
        long[] k = n.list("ksize");
        long[] s = n.list("strides");
        Output shape = ops.shape(n.in(0));
        Output merged = ops.concat(ops.vector(-1), ops.slice(shape, 2, 3));
        Output planes = ops.reshape(n.in(0), merged);
        Output inPlane = pool(op, planes, n, k[2], k[3], s[2], s[3]);
        Output pooled = ops.shape(inPlane);
        Output pixels = ops.mul(ops.slice(pooled, 1, 1), ops.slice(pooled, 2, 1));
        Output columns =
                ops.reshape(
                        inPlane,
                        ops.concat(ops.slice(shape, 0, 2), pixels, ops.slice(shape, 4, 1)));
        Output across = pool(op, columns, n, k[1], 1, s[1], 1);
        Output depth = ops.slice(ops.shape(across), 1, 1);
        return ops.reshape(
                across, ops.concat(ops.slice(shape, 0, 1), depth, ops.slice(pooled, 1, 3)));
    }

    private Output pool(String op, Output x, Node n, long ky, long kx, long sy, long sx) {
        return ops.emit(
                op,
                List.of(x),
                "ksize",
                Ops.list(1, ky, kx, 1),
                "strides",
                Ops.list(1, sy, sx, 1),
                "padding",
                n.attr("padding"));
    }

    /** x / (bias + α·Σ x²)^β, the sum over neighbouring channels. */
    private Output responseNorm(Node n) {
        Output x = n.in(0);
        int radius = (int) n.attr("depth_radius").getI();
        Output channels = ops.slice(ops.shape(x), 3, 1);
        Output square = ops.emit("Fill", ops.concat(channels, channels), ops.scalar(1, x));
        Output band = ops.emit("MatrixBandPart", square, ops.scalar(radius), ops.scalar(radius));
        Output rows = ops.reshape(ops.emit("Square", x), ops.concat(ops.vector(-1), channels));
        Output sums = ops.reshapeLike(ops.emit("MatMul", rows, band), x);
        Output base =
                ops.add(
                        ops.scalar(n.attr("bias").getF(), x),
                        ops.mul(sums, ops.scalar(n.attr("alpha").getF(), x)));
        return ops.div(x, ops.emit("Pow", base, ops.scalar(n.attr("beta").getF(), x)));
    }

    /** Along each axis a matrix, which resizing a unit matrix shows. */
    private Output resize(Node n) {
        Output extents = ops.slice(ops.shape(n.in(0)), 1, 2);
        Output rows = matrix(n, ops.slice(extents, 0, 1), ops.slice(n.in(1), 0, 1));
        Output columns = matrix(n, ops.slice(extents, 1, 1), ops.slice(n.in(1), 1, 1));
        Output tall = ops.emit("Einsum", List.of(n.in(0), rows), "equation", "byxc,hy->bhxc");
        return ops.emit("Einsum", List.of(tall, columns), "equation", "bhxc,wx->bhwc");
    }

    private Output matrix(Node n, Output extent, Output size) {
        Output count = ops.reshape(extent, ops.vector());
        Output unit =
                ops.emit(
                        "OneHot",
                        ops.range(count),
                        count,
                        ops.real(1, DataType.DT_FLOAT),
                        ops.real(0, DataType.DT_FLOAT));
        Output image = ops.reshape(unit, ops.concat(ops.vector(1), extent, extent, ops.vector(1)));
        Output resized =
                ops.emit(
                        n.op(),
                        List.of(image, ops.concat(size, extent)),
                        n.copy("align_corners", "half_pixel_centers"));
        return ops.cast(ops.reshape(resized, ops.concat(size, extent)), DataType.DT_DOUBLE);
    }
}
