/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Kernels;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.layer.HiddenLayer;
import sc.fiji.attribution.graph.rewrite.KnownValues;
import sc.fiji.attribution.graph.sewing.Sewing;

/**
 * Which nodes TensorFlow has, and what nodes of the network are called beside them: those that were
 * moved or left away to save time are there under other names when a pass needs them.
 */
final class LoadedGraph {

    private static final String COPY = Ops.SCOPE + NodeName.NETWORK;

    /** Grows with what is added. */
    private final Set<String> nodes = new HashSet<>();

    private final KnownValues known;

    /** Nodes whose place another took in the loaded graph, to their names beside it. */
    private final Map<String, String> copies = new HashMap<>();

    /**
     * @param network the whole network
     * @param fast the same with some nodes moved
     * @param loaded those that are loaded, some of {@code fast}
     * @param known what is computed from weights, and is there
     */
    LoadedGraph(
            Graph network,
            Graph fast,
            Output logits,
            Collection<NodeDef> loaded,
            KnownValues known) {
        loaded.forEach(node -> nodes.add(node.getName()));
        this.known = known;
        // TensorFlow adds no node by whose name, and more, another one goes that it has.
        Set<String> taken = new HashSet<>();
        for (NodeDef node : network.nodes()) {
            String name = node.getName();
            for (int end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
                taken.add(name.substring(0, end));
            }
        }
        taken.removeAll(nodes);
        for (NodeDef node : network.ancestors(List.of(logits.node()))) {
            boolean same = fast.has(node.getName()) && fast.node(node.getName()).equals(node);
            if (!same
                    || taken.contains(node.getName())
                    || Graph.predecessors(node).stream().anyMatch(copies::containsKey)) {
                copies.put(node.getName(), COPY + node.getName());
            }
        }
    }

    /** The network under the names that its nodes have beside the loaded ones. */
    Graph beside(Graph network) {
        return new Graph(network.nodes().stream().map(this::named).toList());
    }

    private NodeDef named(NodeDef node) {
        NodeDef.Builder copy = node.toBuilder().setName(named(node.getName()));
        for (int i = 0; i < node.getInputCount(); i++) {
            String text = node.getInput(i);
            copy.setInput(
                    i,
                    text.startsWith("^")
                            ? "^" + named(text.substring(1))
                            : named(Output.parse(text)).asInput());
        }
        return copy.build();
    }

    private String named(String node) {
        return copies.getOrDefault(node, node);
    }

    Output named(Output output) {
        return new Output(named(output.node()), output.index());
    }

    HiddenLayer named(HiddenLayer layer) {
        return new HiddenLayer(
                layer.name(),
                named(layer.output()),
                layer.ops(),
                layer.convolution(),
                layer.channelsFirst());
    }

    /**
     * What is to be added for a pass.
     *
     * @param graph with the pass; what is appended to it later is made of the network as it is
     * @param roots what is run
     * @param fed names of the nodes whose values are given with each call
     * @return nodes that are not loaded yet, predecessors first; they are from now on
     */
    List<NodeDef> add(
            Graph graph, Collection<String> roots, Collection<String> fed, Kernels kernels) {
        Graph read = new Graph(graph.nodes());
        known.reuse(read, roots, fed);
        List<NodeDef> sorted = read.ancestors(roots);
        Sewing sewing = new Sewing(read, sorted, kernels);
        List<NodeDef> added = new ArrayList<>();
        for (NodeDef node : sorted) {
            if (nodes.add(node.getName())) {
                added.addAll(sewing.sew(node));
            }
        }
        return added;
    }
}
