/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Kernels;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.savedmodel.Assembly;
import sc.fiji.attribution.graph.savedmodel.Checkpoint;

/**
 * Finds out whether oneDNN computes in the TensorFlow at hand, which not all builds have: its
 * {@code MaxPool3DGrad} gives the gradient of each window to one element, and is the fastest way;
 * without it all elements within 1e-5 of the maximum get it.
 */
public final class PoolingProbe {

    /** Its first element is the maximum; the second is as good as that to the wrong kernel. */
    private static final float[] WINDOW = {1, 1 - 5e-6f, 0, 0, 0, 0, 0, 0};

    private PoolingProbe() {}

    /** One window and its gradient, with the signature {@link AugmentedModel#SCORE}. */
    public static SavedModel savedModel() {
        Graph graph = new Graph();
        Ops ops = new Ops(graph, Ops.SCOPE, () -> true);
        Output x = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        Output dy = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        Output y =
                ops.emit(
                        "MaxPool3D",
                        List.of(x),
                        "ksize",
                        Ops.list(1, 2, 2, 2, 1),
                        "strides",
                        Ops.list(1, 2, 2, 2, 1),
                        "padding",
                        "VALID");
        Output gradient =
                new ReverseMode(ops, RuleTable.GRADIENT).backward(ops.emit("Relu", y), dy, x);
        MetaGraphDef empty =
                MetaGraphDef.newBuilder()
                        .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags("serve"))
                        .build();
        Assembly assembly = new Assembly(empty, graph, Kernels.UNKNOWN);
        assembly.signature(
                AugmentedModel.SCORE,
                Map.of(AugmentedModel.INPUT, x, AugmentedModel.COTANGENT, dy),
                Map.of(AugmentedModel.GRADIENT, gradient));
        return assembly.savedModel(new Checkpoint(Path.of("variables")), "probe");
    }

    /** What to feed it: a window, and a cotangent of 1. */
    public static Map<String, Tensor> feeds() {
        Axes axes = new Axes("bzyxc");
        return Map.of(
                AugmentedModel.INPUT,
                new Tensor(axes, new int[] {1, 2, 2, 2, 1}, WINDOW.clone()),
                AugmentedModel.COTANGENT,
                new Tensor(axes, new int[] {1, 1, 1, 1, 1}, new float[] {1}));
    }

    /** Whether it is right. */
    public static boolean isExact(float[] gradient) {
        return Arrays.equals(gradient, new float[] {1, 0, 0, 0, 0, 0, 0, 0});
    }
}
