/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.savedmodel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Kernels;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.rewrite.Precomputed;
import sc.fiji.attribution.graph.sewing.Sewing;

/**
 * Puts a flat graph back into a SavedModel: the part that the new signatures need, and what the
 * loader needs to fill its variables. Its initialisers, its functions, what restores it, and all
 * else of the original stay behind.
 */
public final class Assembly {

    private final MetaGraphDef original;
    private final Graph graph;
    private final Kernels kernels;
    private final Set<String> kept = new HashSet<>();
    private final Map<String, SignatureDef> signatures = new TreeMap<>();
    private final List<Precomputed> precomputed = new ArrayList<>();

    /**
     * @param kernels of the TensorFlow that will run it
     */
    public Assembly(MetaGraphDef original, Graph graph, Kernels kernels) {
        this.original = original;
        this.graph = graph;
        this.kernels = kernels;
    }

    /** Adds a signature; inputs and outputs by the names that the caller feeds and fetches. */
    public void signature(String name, Map<String, Output> inputs, Map<String, Output> outputs) {
        SignatureDef.Builder signature =
                SignatureDef.newBuilder().setMethodName("tensorflow/serving/predict");
        inputs.forEach((key, tensor) -> signature.putInputs(key, info(graph, tensor)));
        outputs.forEach((key, tensor) -> signature.putOutputs(key, info(graph, tensor)));
        signatures.put(name, signature.build());
    }

    /** Nodes that no signature needs, but passes that are appended later. */
    public void keep(Collection<String> names) {
        kept.addAll(names);
    }

    /** How a signature names a tensor. */
    public static TensorInfo info(Graph graph, Output tensor) {
        return TensorInfo.newBuilder()
                .setName(tensor.toString())
                .setDtype(graph.type(tensor))
                .setTensorShape(TensorShapeProto.newBuilder().setUnknownRank(true))
                .build();
    }

    /**
     * The SavedModel.
     *
     * @param checkpoint where the variables' values are
     * @param model the model's name, for messages
     */
    public SavedModel savedModel(Checkpoint checkpoint, String model) {
        Set<String> roots = new LinkedHashSet<>();
        for (SignatureDef each : signatures.values()) {
            each.getInputsMap().values().forEach(tensor -> roots.add(node(tensor)));
            each.getOutputsMap().values().forEach(tensor -> roots.add(node(tensor)));
        }
        Set<String> fed = new HashSet<>();
        for (SignatureDef each : signatures.values()) {
            each.getInputsMap().values().forEach(tensor -> fed.add(node(tensor)));
        }
        // The network itself stays as it is.
        Graph loaded = new Graph(graph.nodes());
        precomputed.clear();
        precomputed.addAll(Precomputed.apply(loaded, roots, fed));
        precomputed.forEach(each -> roots.add(each.value().node()));
        roots.addAll(kept);
        List<NodeDef> nodes = new ArrayList<>(loaded.ancestors(roots));
        Set<String> names = new HashSet<>();
        nodes.forEach(node -> names.add(node.getName()));
        Restoring restoring =
                Restoring.of(original, new Graph(nodes), precomputed, checkpoint, model);
        Sewing sewing = new Sewing(loaded, nodes, kernels);
        nodes = new ArrayList<>(nodes.stream().flatMap(each -> sewing.sew(each).stream()).toList());
        for (NodeDef node : restoring.nodes()) {
            if (names.add(node.getName())) {
                nodes.add(node);
            }
        }
        GraphDef.Builder augmented =
                GraphDef.newBuilder()
                        .addAllNode(nodes)
                        .setLibrary(library(nodes))
                        .setVersions(original.getGraphDef().getVersions());
        MetaGraphDef.Builder meta =
                MetaGraphDef.newBuilder()
                        .setMetaInfoDef(original.getMetaInfoDef())
                        .setGraphDef(augmented)
                        .putAllSignatureDef(signatures);
        restoring.saver().ifPresent(meta::setSaverDef);
        return SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(meta).build();
    }

    /** What the SavedModel computes once and holds in variables. */
    public List<Precomputed> precomputed() {
        return List.copyOf(precomputed);
    }

    /** The functions that loops and branches run, and those that these call. */
    private FunctionDefLibrary library(List<NodeDef> nodes) {
        Map<String, FunctionDef> all = new HashMap<>();
        original.getGraphDef()
                .getLibrary()
                .getFunctionList()
                .forEach(function -> all.put(function.getSignature().getName(), function));
        Map<String, FunctionDef> kept = new TreeMap<>();
        Deque<NodeDef> waiting = new ArrayDeque<>(nodes);
        while (!waiting.isEmpty()) {
            for (String name : Functions.namedBy(waiting.pop())) {
                if (all.containsKey(name) && kept.put(name, all.get(name)) == null) {
                    waiting.addAll(all.get(name).getNodeDefList());
                }
            }
        }
        return FunctionDefLibrary.newBuilder().addAllFunction(kept.values()).build();
    }

    private static String node(TensorInfo tensor) {
        return Output.parse(tensor.getName()).node();
    }
}
