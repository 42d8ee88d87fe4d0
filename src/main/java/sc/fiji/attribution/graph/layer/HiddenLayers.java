/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Layer;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.rewrite.ChannelsLast;

/** The layers of a network in the order of computation, found by the scopes of its nodes. */
public final class HiddenLayers {

    private final Graph graph;
    private final boolean channelsFirst;
    private final LayerNames names;

    /** Nodes that hand the image's values on to the logits, in order of computation. */
    private final List<NodeDef> path = new ArrayList<>();

    /**
     * @param channelsFirst whether the model's input has its channels before space
     */
    public HiddenLayers(Graph graph, Output input, Output logits, boolean channelsFirst) {
        this.graph = graph;
        this.channelsFirst = channelsFirst;
        Set<String> carrying = new HashSet<>(Set.of(input.node()));
        for (NodeDef node : inOrderOfFile(graph.ancestors(List.of(logits.node())))) {
            boolean reads =
                    Graph.inputs(node).stream()
                            .anyMatch(
                                    in ->
                                            carrying.contains(in.node())
                                                    && ReverseMode.isFloating(graph.type(in)));
            if (reads && ReverseMode.isFloating(OpRegistry.outputTypes(node).get(0))) {
                carrying.add(node.getName());
                path.add(node);
            }
        }
        names = LayerNames.of(path);
    }

    /** The order of computation that is nearest to the one in which the layers were written. */
    private List<NodeDef> inOrderOfFile(List<NodeDef> nodes) {
        Map<String, Integer> written = new HashMap<>();
        graph.nodes().forEach(node -> written.put(node.getName(), written.size()));
        Map<String, Integer> missing = new HashMap<>();
        PriorityQueue<NodeDef> ready =
                new PriorityQueue<>(
                        Comparator.comparing(
                                node ->
                                        written.getOrDefault(
                                                ChannelsLast.original(node.getName()),
                                                written.get(node.getName()))));
        for (NodeDef node : nodes) {
            int count = Set.copyOf(Graph.predecessors(node)).size();
            missing.put(node.getName(), count);
            if (count == 0) {
                ready.add(node);
            }
        }
        Map<String, List<NodeDef>> readers = Graph.consumers(nodes);
        List<NodeDef> sorted = new ArrayList<>();
        while (!ready.isEmpty()) {
            NodeDef node = ready.poll();
            sorted.add(node);
            for (NodeDef reader : readers.getOrDefault(node.getName(), List.of())) {
                if (missing.merge(reader.getName(), -1, Integer::sum) == 0) {
                    ready.add(reader);
                }
            }
        }
        return sorted;
    }

    public List<HiddenLayer> list() {
        Map<String, List<NodeDef>> members = new LinkedHashMap<>();
        for (NodeDef node : path) {
            if (node.getName().startsWith(Ops.SCOPE)) {
                continue;
            }
            List<String> scope = names.layer(node.getName());
            for (int depth = 1; depth <= scope.size(); depth++) {
                String name = String.join("/", scope.subList(0, depth));
                members.computeIfAbsent(name, key -> new ArrayList<>()).add(node);
            }
            if (scope.isEmpty() && !isPlumbing(node.getOp())) {
                members.put(names.display(node.getName()), List.of(node));
            }
        }
        Map<String, Integer> order = new HashMap<>();
        path.forEach(node -> order.put(node.getName(), order.size()));
        List<HiddenLayer> layers = new ArrayList<>();
        members.forEach((name, nodes) -> layers.add(layer(name, nodes)));
        layers.sort((a, b) -> order.get(a.output().node()) - order.get(b.output().node()));
        return layers;
    }

    /** A layer of the list, or a single node by its own name, such as {@code conv_a/BiasAdd}. */
    public Optional<HiddenLayer> find(String name) {
        for (HiddenLayer layer : list()) {
            if (layer.name().equals(name)) {
                return Optional.of(layer);
            }
        }
        for (NodeDef node : path) {
            String original = ChannelsLast.original(node.getName());
            if (names.display(original).equals(name) || Layer.of(original).equals(Layer.of(name))) {
                return Optional.of(layer(name, List.of(node)));
            }
        }
        return Optional.empty();
    }

    /** By what a node goes: the blocks and the layer that it stands in, and its own name. */
    public List<String> names(String node) {
        List<String> scope = names.layer(node);
        List<String> all = new ArrayList<>();
        for (int depth = 1; depth <= scope.size(); depth++) {
            all.add(String.join("/", scope.subList(0, depth)));
        }
        all.add(names.display(ChannelsLast.original(node)));
        return all;
    }

    /** What moves, shapes or hands on values, and is no layer where it stands alone. */
    private static boolean isPlumbing(String op) {
        return OpTable.is(op, Trait.REARRANGES)
                || OpTable.is(op, Trait.CASTS)
                || OpTable.is(op, Trait.FED);
    }

    private HiddenLayer layer(String name, List<NodeDef> nodes) {
        List<String> ops =
                nodes.stream().map(NodeDef::getOp).filter(op -> !isPlumbing(op)).toList();
        NodeDef last = nodes.get(nodes.size() - 1);
        boolean convolution = ops.stream().anyMatch(op -> OpTable.is(op, Trait.CONVOLUTION));
        boolean moved = !ChannelsLast.original(last.getName()).equals(last.getName());
        return new HiddenLayer(
                name, new Output(last.getName(), 0), ops, convolution, channelsFirst && !moved);
    }
}
