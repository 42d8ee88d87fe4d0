/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Kernels;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Rule;
import sc.fiji.attribution.graph.savedmodel.Assembly;
import sc.fiji.attribution.graph.savedmodel.Checkpoint;
import sc.fiji.attribution.graph.savedmodel.ClassHead;
import sc.fiji.attribution.graph.savedmodel.SavedModelFile;
import sc.fiji.attribution.graph.savedmodel.Signature;

/**
 * A model as it was given, with a backward pass of TensorFlow's own gradient kernels: what the
 * plug-in's graph is measured against.
 */
public final class StockBackward {

    private static final Map<String, Rule> KERNELS =
            new HashMap<>(
                    Map.of(
                            "MaxPool3D",
                            Rule.first(
                                    (g, n, dy) ->
                                            g.emit(
                                                    "MaxPool3DGrad",
                                                    List.of(n.in(0), n.out(), dy),
                                                    n.copy(
                                                            "ksize",
                                                            "strides",
                                                            "padding",
                                                            "data_format"))),
                            "Conv3D",
                            Rule.first(
                                    (g, n, dy) ->
                                            g.emit(
                                                    "Conv3DBackpropInputV2",
                                                    List.of(g.shape(n.in(0)), n.in(1), dy),
                                                    n.copy(
                                                            "strides",
                                                            "padding",
                                                            "dilations",
                                                            "data_format")))));

    static {
        OpTable.gradients().forEach(KERNELS::putIfAbsent);
    }

    private static final RuleTable TABLE = new RuleTable(KERNELS, Map.of(), "gradient");

    private StockBackward() {}

    /** The flat graph with the signatures of {@link AugmentedModel}. */
    public static SavedModel of(Path folder) {
        MetaGraphDef original = SavedModelFile.read(folder).metaGraph();
        Signature signature = Signature.choose(original, "", Set.of(), false, "given");
        ClassHead head =
                ClassHead.choose(
                        original.getGraphDef(), signature.outputs(), ClassHead.Wanted.ANY, "given");
        Graph graph = head.graph();
        Output logits = head.logits().output();
        Output input = Output.parse(signature.input().getName());
        Ops ops = new Ops(graph, Ops.SCOPE);
        Output cotangent = ops.emit("Placeholder", List.of(), "dtype", DataType.DT_FLOAT);
        Output seed = ops.reshapeLike(cotangent, logits);
        Output gradient = new ReverseMode(ops, TABLE).backward(logits, seed, input);
        Assembly assembly = new Assembly(original, graph, Kernels.UNKNOWN);
        assembly.signature(
                AugmentedModel.SCORE,
                Map.of(AugmentedModel.INPUT, input),
                Map.of(AugmentedModel.LOGITS, logits));
        assembly.signature(
                AugmentedModel.DIFFERENTIATE,
                Map.of(AugmentedModel.INPUT, input, AugmentedModel.COTANGENT, cotangent),
                Map.of(AugmentedModel.LOGITS, logits, AugmentedModel.GRADIENT, gradient));
        return assembly.savedModel(new Checkpoint(folder.resolve("variables")), "given");
    }
}
