/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.gradient.MaxPooling;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Moves a ReLU behind the max pooling that follows it: max(relu(x)) = relu(max(x)), so the ReLU and
 * its gradient work on the pooled size. Values are equal to the bit. So is the gradient: where a
 * window's maximum is positive it is the same element, and elsewhere the gradient is zero. The old
 * nodes stay for whoever asks for them by name.
 */
public final class PoolBeforeRelu {

    private PoolBeforeRelu() {}

    public static void apply(Ops ops) {
        Graph graph = ops.graph();
        Map<String, List<NodeDef>> consumers = Graph.consumers(graph.nodes());
        for (NodeDef def : new ArrayList<>(graph.nodes())) {
            Node pool = Node.of(def);
            if (!MaxPooling.isOne(pool)) {
                continue;
            }
            Node relu = Node.of(graph.node(pool.in(0)));
            if (relu.op().equals("Relu") && consumers.get(relu.name()).size() == 1) {
                Output pooled = ops.emit(pool.op(), List.of(relu.in(0)), ops.attributes(pool));
                Output moved = ops.emit("Relu", pooled);
                for (NodeDef consumer : consumers.getOrDefault(pool.name(), List.of())) {
                    graph.redirect(consumer.getName(), pool.out(), moved);
                }
            }
        }
    }
}
