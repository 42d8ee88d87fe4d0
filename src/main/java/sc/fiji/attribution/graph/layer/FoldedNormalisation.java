/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.ReferenceBranch;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.StaticShape;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * The network once more with batch normalisation folded into the convolutions before it: (x ⋆ w)·s
 * + t = x ⋆ (w·s) + t. Scaling and shifting an image takes two passes through memory, and as many
 * for its gradient; the filter is scaled once, when the weights are restored. For scores, the
 * image's gradient, LRP and DeepLIFT. Sums in another order may change which of two all but equal
 * values wins a max pooling; they are as right as the order in the file, and the figures of other
 * tools, which were made without folding, hold at their tolerance.
 */
public final class FoldedNormalisation {

    private static final Set<String> FOLDED = Set.of("Conv2D", "Conv3D");

    private FoldedNormalisation() {}

    /**
     * Appends it.
     *
     * @param image where the network begins
     * @param logits where it ends
     * @return its end; that of the network itself where there is nothing to fold
     */
    public static Output of(Ops ops, Output image, Output logits) {
        Graph graph = ops.graph();
        Route route = Route.between(graph, image, logits);
        if (layers(ops, route).isEmpty()) {
            return logits;
        }
        Output end =
                new ReferenceBranch(graph, route, image, image, ops.scope() + NodeName.FOLDED)
                        .of(logits);
        Route twin = Route.between(graph, image, end);
        Map<String, List<NodeDef>> readers = twin.readers();
        Map<Output, Output> replaced = new HashMap<>();
        for (LinearLayer layer : layers(ops, twin)) {
            // The op stays, and so its name, by which composites choose rules.
            Node op = Node.of(graph.node(layer.source()));
            graph.redirect(op.name(), op.in(layer.w()), layer.weights());
            Output folded = ops.emit("BiasAdd", layer.moved(ops, op.out()), bias(ops, layer));
            for (NodeDef reader : readers.getOrDefault(layer.output().node(), List.of())) {
                graph.redirect(reader.getName(), layer.output(), folded);
            }
            replaced.put(layer.output(), folded);
        }
        return replaced.getOrDefault(end, end);
    }

    private static Output bias(Ops ops, LinearLayer layer) {
        Output bias = ops.reshape(layer.bias().orElseThrow(), ops.vector(-1));
        return StaticShape.ofWeight(ops.graph(), layer.weights())
                .map(shape -> ops.ensureShape(bias, shape[shape.length - 1]))
                .orElse(bias);
    }

    private static List<LinearLayer> layers(Ops ops, Route route) {
        return LinearLayers.find(ops, route).values().stream()
                .filter(layer -> FOLDED.contains(layer.node().op()))
                .filter(layer -> isScaled(ops.graph(), layer))
                .toList();
    }

    /** Whether more than a bias follows the convolution. */
    private static boolean isScaled(Graph graph, LinearLayer layer) {
        NodeDef last = graph.node(layer.output());
        boolean onlyBias =
                !last.getOp().equals("Mul")
                        && !OpTable.is(last, Trait.NORMALISATION)
                        && Graph.inputs(last).stream()
                                .anyMatch(in -> in.node().equals(layer.source()));
        return layer.bias().isPresent() && !onlyBias;
    }
}
