/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.sewing;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Ops;

/**
 * What a node is written with when it is loaded: a graph of what it reads, and of new nodes.
 *
 * @param known what it reads
 * @param ops adds nodes, whose names begin with its own
 */
record Around(List<NodeDef> known, Ops ops) {

    /**
     * @param others what is read too
     */
    static Around of(NodeDef node, Graph graph, List<NodeDef> others) {
        List<NodeDef> known = new ArrayList<>(others);
        Graph.inputs(node).forEach(input -> known.add(graph.node(input)));
        return new Around(known, new Ops(new Graph(known), node.getName() + "/sewn/"));
    }

    /** The new nodes, predecessors first, and the one that they are for. */
    List<NodeDef> with(NodeDef node) {
        List<NodeDef> nodes = new ArrayList<>(ops.graph().nodes());
        nodes.removeAll(known);
        nodes.add(node);
        return nodes;
    }
}
