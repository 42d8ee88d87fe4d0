/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.StaticShape;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Finds a network's layers with weights, and folds into each what follows it and scales or shifts
 * channels: biases, and batch normalisation, be it one op or the multiplications and additions that
 * Keras writes for volumes.
 */
public final class LinearLayers {

    private final Ops g;
    private final Graph graph;
    private final Route route;
    private final Map<String, List<NodeDef>> readers;

    /** Nodes that depend on a layer with weights. */
    private final Set<String> behindFirst = new HashSet<>();

    private final Map<String, LinearLayer> found = new LinkedHashMap<>();

    private LinearLayers(Ops g, Route route) {
        this.g = g;
        this.graph = g.graph();
        this.route = route;
        this.readers = route.readers();
    }

    /**
     * The layers by the name of the node that holds their outputs.
     *
     * @param route from the image
     */
    public static Map<String, LinearLayer> find(Ops g, Route route) {
        LinearLayers layers = new LinearLayers(g, route);
        route.nodes().forEach(layers::visit);
        return layers.found;
    }

    private void visit(NodeDef def) {
        Node node = Node.of(def);
        boolean behind = node.inputs().stream().anyMatch(in -> behindFirst.contains(in.node()));
        Optional<WeightForm> form = WeightForm.of(graph, node, route);
        form.ifPresent(
                f -> {
                    LinearLayer layer = fold(node, f, !behind);
                    found.put(layer.node().name(), layer);
                });
        if (behind || form.isPresent()) {
            behindFirst.add(def.getName());
        }
    }

    /**
     * One op of a chain, and which of its inputs the chain enters.
     *
     * @param moves whether it leaves each value as it is
     */
    private record Link(Node node, int input, boolean moves) {}

    private List<Link> chain(Node layer, WeightForm form) {
        List<Link> chain = new ArrayList<>();
        Optional<Link> next =
                form.channels().isEmpty() ? Optional.empty() : next(layer, form, layer.out());
        while (next.isPresent()) {
            chain.add(next.get());
            next = next(layer, form, next.get().node().out());
        }
        return chain;
    }

    private Optional<Link> next(Node layer, WeightForm form, Output at) {
        List<NodeDef> all = readers.getOrDefault(at.node(), List.of());
        if (all.size() != 1) {
            return Optional.empty();
        }
        Node node = Node.of(all.get(0));
        boolean moves =
                node.op().equals("BatchToSpaceND")
                        || (node.op().equals("Reshape") && keepsChannels(layer, form, node));
        return moves
                ? Optional.of(new Link(node, 0, true)).filter(link -> node.in(0).equals(at))
                : affine(node, at)
                        .filter(link -> form.outputRank() > 2 || !isNorm(node))
                        .filter(link -> !widens(layer, form, link));
    }

    /** Whether one channel becomes as many as another quantity has. */
    private boolean widens(Node layer, WeightForm form, Link link) {
        Optional<long[]> weights = StaticShape.ofWeight(graph, layer.in(form.w()));
        Optional<long[]> other = other(link.node(), link.input());
        return weights.isPresent()
                && other.isPresent()
                && form.channels().stream().allMatch(axis -> weights.get()[axis] == 1)
                && other.get()[other.get().length - 1] > 1;
    }

    /** Whether what follows adds or multiplies as many channels as a product has. */
    private boolean keepsChannels(Node layer, WeightForm form, Node reshape) {
        List<NodeDef> all = readers.getOrDefault(reshape.name(), List.of());
        Optional<long[]> weights = StaticShape.ofWeight(graph, layer.in(form.w()));
        if (!layer.op().equals("MatMul") || all.size() != 1 || weights.isEmpty()) {
            return false;
        }
        long units = weights.get()[form.channels().get(0)];
        Node node = Node.of(all.get(0));
        return units > 1
                && affine(node, reshape.out())
                        .flatMap(link -> other(node, link.input()))
                        .map(shape -> shape[shape.length - 1] == units)
                        .orElse(false);
    }

    private Optional<long[]> other(Node node, int input) {
        return node.inputs().size() == 2
                ? StaticShape.ofWeight(graph, node.in(1 - input)).filter(s -> s.length > 0)
                : Optional.empty();
    }

    private Optional<Link> affine(Node node, Output at) {
        int input = node.inputs().indexOf(at);
        boolean norm = isNorm(node);
        boolean affine =
                isAffine(node)
                        && input >= 0
                        && node.inputs().lastIndexOf(at) == input
                        && !(norm && (node.flag("is_training") || node.channelsFirst()))
                        && !(node.op().equals("BiasAdd") && node.channelsFirst())
                        && !(node.is(Trait.QUOTIENT) && input == 1);
        for (int i = 0; affine && i < node.inputs().size(); i++) {
            affine = i == input || norm || Activations.isPerChannel(graph, node.in(i));
        }
        return affine ? Optional.of(new Link(node, input, false)) : Optional.empty();
    }

    /** May be folded, where its other inputs are made of weights. */
    private static boolean isAffine(Node node) {
        return Stream.of(
                                Trait.BIAS,
                                Trait.ADDS,
                                Trait.QUOTIENT,
                                Trait.NORMALISATION,
                                Trait.IDENTITY)
                        .anyMatch(node::is)
                || node.is(Trait.PRODUCT) && node.is(Trait.ELEMENTWISE);
    }

    /** Whether it does more to a channel than move it, or add to it. */
    private static boolean scales(Link link) {
        Node node = link.node();
        boolean adds = node.is(Trait.ADDS) && (link.input() == 0 || node.is(Trait.KEEPS_SIGN));
        return !adds && !link.moves() && !node.is(Trait.BIAS) && !node.is(Trait.IDENTITY);
    }

    private static boolean isNorm(Node node) {
        return node.is(Trait.NORMALISATION);
    }

    private LinearLayer fold(Node layer, WeightForm form, boolean first) {
        List<Link> chain = chain(layer, form);
        List<Node> moves = chain.stream().filter(Link::moves).map(Link::node).toList();
        Optional<Node> before = before(layer.in(form.x()), moves);
        Node entered = before.map(b -> layer.with(form.x(), b.in(0))).orElse(layer);
        String last = chain.isEmpty() ? layer.name() : chain.get(chain.size() - 1).node().name();
        Node named = new Node(layer.def().toBuilder().setName(last).build(), entered.inputs());
        Optional<Output> bias = Optional.empty();
        if (chain.size() > moves.size()) {
            // What the chain makes of zero is b, and its slope is what scales W.
            Output zero = form.zeros(g, layer.in(form.w()));
            Output shifted = zero;
            for (Link link : chain) {
                shifted = link.moves() ? shifted : again(link, shifted);
            }
            if (chain.stream().anyMatch(LinearLayers::scales)) {
                Output slope =
                        new ReverseMode(g, RuleTable.GRADIENT)
                                .backward(shifted, g.onesLike(shifted), zero);
                named = named.with(form.w(), scaled(form, layer.in(form.w()), slope));
            }
            bias = Optional.of(shifted);
        }
        return new LinearLayer(named, form.x(), form.w(), bias, layer.name(), first, before, moves);
    }

    private Output again(Link link, Output at) {
        Node node = link.node();
        return g.emit(node.op(), node.with(link.input(), at).inputs(), g.attributes(node));
    }

    /**
     * What the moves undo: a dilated convolution for volumes is written as an undilated one of
     * voxels laid apart, a dense layer at each place as one of all places in the batch.
     */
    private Optional<Node> before(Output input, List<Node> moves) {
        Node node = Node.of(graph.node(input));
        String undone =
                switch (node.op()) {
                    case "SpaceToBatchND" -> "BatchToSpaceND";
                    case "Reshape" -> "Reshape";
                    default -> "";
                };
        return Optional.of(node)
                .filter(n -> moves.stream().anyMatch(move -> move.op().equals(undone)));
    }

    private Output scaled(WeightForm form, Output weights, Output factors) {
        Output scaled = form.scaled(g, weights, factors);
        // Rules for narrow layers look at the shape.
        return StaticShape.ofWeight(graph, weights)
                .map(shape -> g.ensureShape(scaled, shape))
                .orElse(scaled);
    }
}
