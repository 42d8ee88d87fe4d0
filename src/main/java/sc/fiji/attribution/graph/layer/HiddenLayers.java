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
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.NodeName;
import sc.fiji.attribution.graph.ir.OpRegistry;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * The layers of a network in the order of computation. What they compute is told by how values
 * flow; the scopes of the nodes only say what belongs together and what it is called.
 */
public final class HiddenLayers {

    private final Graph graph;
    private final Set<String> authors;
    private final ChannelOrder channels;
    private final LayerNames names;
    private final Set<String> onPath;
    private final SplitBatches splits;
    private List<HiddenLayer> list;

    /** Nodes that hand the image's values on to the logits, in order of computation. */
    private final List<NodeDef> path = new ArrayList<>();

    /**
     * @param channelsFirst whether the model's input has its channels before space
     * @param authors names of the nodes that are the author's; others stand between layers
     */
    public HiddenLayers(
            Graph graph, Output input, Output logits, boolean channelsFirst, Set<String> authors) {
        this.graph = graph;
        this.authors = authors;
        Set<String> carrying = new HashSet<>(Set.of(input.node()));
        for (NodeDef node : inOrderOfFile(graph.ancestors(List.of(logits.node())))) {
            boolean reads =
                    Graph.inputs(node).stream()
                            .anyMatch(
                                    in ->
                                            carrying.contains(in.node())
                                                    && Ops.isFloating(graph.type(in)));
            if (reads && Ops.isFloating(OpRegistry.outputTypes(node).get(0))) {
                carrying.add(node.getName());
                path.add(node);
            }
        }
        names = LayerNames.of(path);
        onPath = carrying;
        splits = new SplitBatches(path);
        channels = new ChannelOrder(graph, input, channelsFirst, path);
    }

    /** The order of computation that is nearest to the one in which the layers were written. */
    private List<NodeDef> inOrderOfFile(List<NodeDef> nodes) {
        Map<String, Integer> written = new HashMap<>();
        graph.nodes().forEach(node -> written.put(node.getName(), written.size()));
        Map<String, Integer> missing = new HashMap<>();
        PriorityQueue<NodeDef> ready =
                new PriorityQueue<>(
                        Comparator.comparing(
                                node -> isAuthors(node) ? written.get(node.getName()) : -1));
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

    private boolean isAuthors(NodeDef node) {
        return authors.contains(node.getName());
    }

    /** The layers; those that are computed in the parts of a split batch show it whole again. */
    public List<HiddenLayer> list() {
        if (list == null) {
            list = List.copyOf(find());
        }
        return list;
    }

    private List<HiddenLayer> find() {
        List<NodeDef> path = this.path.stream().filter(this::isAuthors).toList();
        Set<String> scopes = new HashSet<>();
        path.forEach(node -> scopes.addAll(prefixes(names.layer(node.getName()))));
        // A frozen network is a single layer to itself; it has its ops then.
        boolean single =
                path.stream().map(node -> names.layer(node.getName())).distinct().count() == 1;
        Map<String, List<NodeDef>> members = new LinkedHashMap<>();
        for (NodeDef node : path) {
            // A node may bear the name of a scope: it is the first op of that layer.
            String display = names.display(node.getName());
            List<String> scope =
                    scopes.contains(display)
                            ? List.of(display.split("/"))
                            : names.layer(node.getName());
            for (String name : prefixes(scope)) {
                members.computeIfAbsent(name, key -> new ArrayList<>()).add(node);
            }
            if ((single || scope.isEmpty()) && !isPlumbing(node.getOp())) {
                members.computeIfAbsent(display, key -> new ArrayList<>()).add(node);
            }
        }
        Map<String, Integer> order = new HashMap<>();
        path.forEach(node -> order.put(node.getName(), order.size()));
        List<HiddenLayer> layers = new ArrayList<>();
        members.forEach((name, nodes) -> layer(name, nodes).ifPresent(layers::add));
        layers.sort(Comparator.comparingInt(layer -> order.get(layer.output().node())));
        return layers;
    }

    /** {@code a}, {@code a/b}, {@code a/b/c}. */
    private static List<String> prefixes(List<String> scope) {
        List<String> prefixes = new ArrayList<>();
        for (int depth = 1; depth <= scope.size(); depth++) {
            prefixes.add(String.join("/", scope.subList(0, depth)));
        }
        return prefixes;
    }

    /**
     * A layer of the list, by its name, by the name that its author gave it with all that stands
     * before, or by the last part of either where only one bears it; or a single node by its own
     * name, such as {@code conv_a/BiasAdd}.
     */
    public Optional<HiddenLayer> find(String name) {
        Optional<HiddenLayer> exact =
                list().stream().filter(layer -> layer.name().equals(name)).findFirst();
        if (exact.isPresent()) {
            return exact;
        }
        for (NodeDef node : path) {
            if (names.display(node.getName()).equals(name)
                    || NodeName.of(node.getName()).equals(NodeName.of(name))) {
                return layer(name, List.of(node));
            }
        }
        List<HiddenLayer> ending = list().stream().filter(layer -> isCalled(layer, name)).toList();
        return ending.size() == 1 ? Optional.of(ending.get(0)) : Optional.empty();
    }

    private boolean isCalled(HiddenLayer layer, String name) {
        String given = given(layer);
        return given.equals(name)
                || given.endsWith("/" + name)
                || layer.name().endsWith("/" + name);
    }

    /** The name with what all layers share before it, and with numbers that were left away. */
    private String given(HiddenLayer layer) {
        int depth = layer.name().split("/").length;
        return names.given(layer.output().node(), depth);
    }

    /** By what a node goes: the blocks and the layer that it stands in, and its own name. */
    public List<String> names(String node) {
        List<String> scope = names.layer(node);
        List<String> all = new ArrayList<>();
        for (int depth = 1; depth <= scope.size(); depth++) {
            all.add(String.join("/", scope.subList(0, depth)));
        }
        all.add(names.display(node));
        return all;
    }

    /** What moves, shapes or hands on values, and is no layer where it stands alone. */
    private static boolean isPlumbing(String op) {
        return OpTable.is(op, Trait.REARRANGES)
                || OpTable.is(op, Trait.CASTS)
                || OpTable.is(op, Trait.FED);
    }

    /** Empty where its values are never seen whole. */
    private Optional<HiddenLayer> layer(String name, List<NodeDef> nodes) {
        List<String> ops =
                nodes.stream().map(NodeDef::getOp).filter(op -> !isPlumbing(op)).toList();
        return splits.whole(nodes.get(nodes.size() - 1))
                .map(
                        last ->
                                new HiddenLayer(
                                        name,
                                        new Output(last.getName(), 0),
                                        ops,
                                        Convolutions.endIn(last, nodes, graph, onPath),
                                        channels.isFirst(last)));
    }
}
