/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.StaticShape;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * A network whose weights have lost what they learned: each tensor keeps its own values, and so its
 * distribution, in an order drawn at random. The order is drawn in the graph, from a seed, by ops
 * without state, so that every pass sees the same weights and neither the file nor the checkpoint
 * is touched. Adebayo et al., Sanity Checks for Saliency Maps, 2018.
 */
public final class ShuffledWeights {

    private final Graph graph;

    /** Tensors of weights by layer, those next to the logits first. */
    private final Map<String, List<Output>> layers = new LinkedHashMap<>();

    private ShuffledWeights(Graph graph, Output image, Output logits) {
        this.graph = graph;
        Route route = Route.between(graph, image, logits);
        Map<String, String> layerOf = new HashMap<>();
        List<NodeDef> nearest = new ArrayList<>(route.nodes());
        java.util.Collections.reverse(nearest);
        for (NodeDef reader : nearest) {
            List<String> aside =
                    Graph.inputs(reader).stream()
                            .filter(input -> !route.has(input))
                            .map(Output::node)
                            .toList();
            for (NodeDef node : graph.ancestors(aside)) {
                Output value = new Output(node.getName(), 0);
                if (isWeights(node, value)
                        && layerOf.putIfAbsent(node.getName(), layer(reader)) == null) {
                    layers.computeIfAbsent(layer(reader), key -> new ArrayList<>()).add(value);
                }
            }
        }
    }

    private static String layer(NodeDef reader) {
        String name = NodeName.of(reader.getName());
        int end = name.lastIndexOf('/');
        return end < 0 ? name : name.substring(0, end);
    }

    private boolean isWeights(NodeDef node, Output value) {
        boolean stored =
                node.getOp().equals("Const")
                        || OpTable.is(node, Trait.VARIABLE)
                        || OpTable.is(node, Trait.READS_VARIABLE);
        return stored
                && graph.type(value) == DataType.DT_FLOAT
                && StaticShape.ofWeight(graph, value)
                        .filter(shape -> shape.length > 0 && count(shape) != 1)
                        .isPresent();
    }

    private static long count(long[] shape) {
        long count = 1;
        for (long extent : shape) {
            count *= extent;
        }
        return count;
    }

    /** Layers with weights, those next to the logits first. */
    public static List<String> layers(Graph graph, Output image, Output logits) {
        return List.copyOf(new ShuffledWeights(graph, image, logits).layers.keySet());
    }

    /** Shuffles the weights of layers. */
    public static void apply(Ops ops, Output image, Output logits, Alteration.Shuffled wanted) {
        ShuffledWeights weights = new ShuffledWeights(ops.graph(), image, logits);
        int number = 0;
        for (Map.Entry<String, List<Output>> layer : weights.layers.entrySet()) {
            for (Output tensor : layer.getValue()) {
                number++;
                if (wanted.layers().contains(layer.getKey())) {
                    weights.shuffle(ops, tensor, (int) (wanted.seed() * 31 + number));
                }
            }
        }
    }

    private void shuffle(Ops ops, Output tensor, int seed) {
        long[] shape = StaticShape.ofWeight(graph, tensor).orElseThrow();
        List<NodeDef> readers =
                List.copyOf(Graph.consumers(graph.nodes()).getOrDefault(tensor.node(), List.of()));
        Output flat = ops.reshape(tensor, ops.vector(-1));
        Output count = ops.emit("Shape", flat);
        Output drawn = ops.emit("StatelessRandomUniform", count, ops.vector(seed, 17));
        Output all = ops.emit("Squeeze", count);
        // The order by which the numbers would be sorted is one drawn at random.
        Output sorted = ops.emit("TopKV2", drawn, all);
        Output order = new Output(sorted.node(), 1);
        Output shuffled = ops.emit("GatherV2", flat, order, ops.scalar(0));
        Output same = ops.ensureShape(ops.reshape(shuffled, ops.emit("Shape", tensor)), shape);
        readers.forEach(reader -> graph.redirect(reader.getName(), tensor, same));
    }
}
