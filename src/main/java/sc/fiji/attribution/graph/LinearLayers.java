/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Finds a network's layers with weights, and folds into each what follows it and scales or shifts
 * channels: biases, and batch normalisation, be it one op or the multiplications and additions that
 * Keras writes for volumes.
 */
final class LinearLayers {

    private static final Set<String> PRODUCTS =
            Set.of("MatMul", "BatchMatMul", "BatchMatMulV2", "Einsum");

    /** What may be folded, where its other inputs are made of weights. */
    private static final Set<String> AFFINE =
            Set.of(
                    "BiasAdd",
                    "Add",
                    "AddV2",
                    "Sub",
                    "Mul",
                    "RealDiv",
                    "FusedBatchNorm",
                    "FusedBatchNormV2",
                    "FusedBatchNormV3",
                    "Identity");

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
    static Map<String, LinearLayer> find(Ops g, Route route) {
        LinearLayers layers = new LinearLayers(g, route);
        route.nodes().forEach(layers::visit);
        return layers.found;
    }

    /** What a layer with weights may be. */
    static Set<String> ops() {
        Set<String> ops = new HashSet<>(LinearLayer.CONVOLUTIONS.keySet());
        ops.addAll(PRODUCTS);
        return ops;
    }

    private void visit(NodeDef def) {
        Node node = Node.of(def);
        boolean behind = node.inputs().stream().anyMatch(in -> behindFirst.contains(in.node()));
        Optional<LinearLayer.Inputs> inputs = inputs(node);
        inputs.ifPresent(
                in -> {
                    LinearLayer layer = fold(node, in, !behind);
                    found.put(layer.node().name(), layer);
                });
        if (behind || inputs.isPresent()) {
            behindFirst.add(def.getName());
        }
    }

    /** Which input depends on the image; empty where the op is no layer with weights. */
    private Optional<LinearLayer.Inputs> inputs(Node node) {
        LinearLayer.Inputs in = LinearLayer.CONVOLUTIONS.get(node.op());
        if (in == null && PRODUCTS.contains(node.op()) && node.inputs().size() == 2) {
            in =
                    route.has(node.in(0))
                            ? new LinearLayer.Inputs(0, 1)
                            : new LinearLayer.Inputs(1, 0);
        }
        return Optional.ofNullable(in)
                .filter(i -> route.has(node.in(i.x())) && !route.has(node.in(i.w())));
    }

    /**
     * One op of a chain, and which of its inputs the chain enters.
     *
     * @param moves whether it leaves each value as it is
     */
    private record Link(Node node, int input, boolean moves) {}

    private List<Link> chain(Node layer, int w) {
        List<Link> chain = new ArrayList<>();
        Optional<Link> next =
                channelsLast(layer, w) ? next(layer, w, layer.out()) : Optional.empty();
        while (next.isPresent()) {
            chain.add(next.get());
            next = next(layer, w, next.get().node().out());
        }
        return chain;
    }

    private Optional<Link> next(Node layer, int w, Output at) {
        List<NodeDef> all = readers.getOrDefault(at.node(), List.of());
        if (all.size() != 1) {
            return Optional.empty();
        }
        Node node = Node.of(all.get(0));
        boolean moves =
                node.op().equals("BatchToSpaceND")
                        || (node.op().equals("Reshape") && keepsChannels(layer, w, node));
        return moves
                ? Optional.of(new Link(node, 0, true)).filter(link -> node.in(0).equals(at))
                : affine(node, at).filter(link -> rank(layer) > 2 || !isNorm(node));
    }

    /** Whether outputs differ along the last axis by the last axis of the weights, or may. */
    private boolean channelsLast(Node layer, int w) {
        return switch (layer.op()) {
            case "MatMul" -> w == 1;
            case "BatchMatMul", "BatchMatMulV2" -> w == 1 && weightShape(layer, w).length == 2;
            case "Einsum" -> {
                String[] terms = layer.text("equation").split(",|->");
                if (terms.length < 3 || weightShape(layer, w).length == 0) {
                    yield false;
                }
                char channel = terms[2].isEmpty() ? 0 : terms[2].charAt(terms[2].length() - 1);
                yield w == 1 && terms[1].endsWith("" + channel) && terms[0].indexOf(channel) < 0;
            }
            default -> true;
        };
    }

    /** Whether what follows adds or multiplies as many channels as a product has. */
    private boolean keepsChannels(Node layer, int w, Node reshape) {
        List<NodeDef> all = readers.getOrDefault(reshape.name(), List.of());
        long[] weights = weightShape(layer, w);
        if (!layer.op().equals("MatMul") || all.size() != 1 || weights.length != 2) {
            return false;
        }
        long units = weights[transposed(layer) ? 0 : 1];
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

    private long[] weightShape(Node layer, int w) {
        return StaticShape.ofWeight(graph, layer.in(w)).orElse(new long[0]);
    }

    private Optional<Link> affine(Node node, Output at) {
        int input = node.inputs().indexOf(at);
        boolean norm = isNorm(node);
        boolean affine =
                AFFINE.contains(node.op())
                        && input >= 0
                        && node.inputs().lastIndexOf(at) == input
                        && !(norm && (node.flag("is_training") || node.channelsFirst()))
                        && !(node.op().equals("BiasAdd") && node.channelsFirst())
                        && !(node.op().equals("RealDiv") && input == 1);
        for (int i = 0; affine && i < node.inputs().size(); i++) {
            affine = i == input || norm || Activations.isPerChannel(graph, node.in(i));
        }
        return affine ? Optional.of(new Link(node, input, false)) : Optional.empty();
    }

    private static boolean isNorm(Node node) {
        return node.op().startsWith("FusedBatchNorm");
    }

    private LinearLayer fold(Node layer, LinearLayer.Inputs in, boolean first) {
        List<Link> chain = chain(layer, in.w());
        List<Node> moves = chain.stream().filter(Link::moves).map(Link::node).toList();
        Optional<Node> before = before(layer.in(in.x()), moves);
        Node entered = before.map(b -> layer.with(in.x(), b.in(0))).orElse(layer);
        String last = chain.isEmpty() ? layer.name() : chain.get(chain.size() - 1).node().name();
        Node named = new Node(layer.def().toBuilder().setName(last).build(), entered.inputs());
        Optional<Output> bias = Optional.empty();
        if (chain.size() > moves.size()) {
            // What the chain makes of zero is b, and its slope is what scales W.
            Output zero = zero(layer, in.w());
            Output shifted = zero;
            for (Link link : chain) {
                shifted = link.moves() ? shifted : again(link, shifted);
            }
            Output slope =
                    new ReverseMode(g, RuleTable.GRADIENT)
                            .backward(shifted, g.onesLike(shifted), zero);
            named = named.with(in.w(), scaled(layer, layer.in(in.w()), slope));
            bias = Optional.of(shifted);
        }
        return new LinearLayer(named, in.x(), in.w(), bias, layer.name(), first, before, moves);
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

    /** Zeros, one for each channel of z and 1 along its other axes. */
    private Output zero(Node layer, int w) {
        Output shape = g.shape(layer.in(w));
        Output channels =
                switch (layer.op()) {
                    case "MatMul", "BatchMatMul", "BatchMatMulV2" ->
                            g.slice(shape, transposed(layer) ? 0 : 1, 1);
                    case "Einsum" -> g.slice(shape, weightShape(layer, w).length - 1, 1);
                    case "DepthwiseConv2dNative" ->
                            g.mul(g.slice(shape, 2, 1), g.slice(shape, 3, 1));
                    case "Conv2DBackpropInput" -> g.slice(shape, 2, 1);
                    case "Conv3DBackpropInputV2" -> g.slice(shape, 3, 1);
                    case "Conv2D" -> g.slice(shape, 3, 1);
                    default -> g.slice(shape, 4, 1);
                };
        int[] ones = new int[rank(layer) - 1];
        Arrays.fill(ones, 1);
        return g.emit("Fill", g.concat(g.vector(ones), channels), g.scalar(0.0, layer.in(w)));
    }

    /** Of a product x·W, whether its units are the rows of W. */
    private static boolean transposed(Node layer) {
        return layer.flag(layer.op().equals("MatMul") ? "transpose_b" : "adj_y");
    }

    private static int rank(Node layer) {
        return switch (layer.op()) {
            case "MatMul", "BatchMatMul", "BatchMatMulV2", "Einsum" -> 2;
            case "Conv3D", "Conv3DBackpropInputV2" -> 5;
            default -> 4;
        };
    }

    /** Each output channel's weights times its factor. */
    private Output scaled(Node layer, Output weights, Output factors) {
        Output aligned =
                switch (layer.op()) {
                    case "DepthwiseConv2dNative" ->
                            g.reshape(factors, g.slice(g.shape(weights), 2, 2));
                    case "Conv2DBackpropInput", "Conv3DBackpropInputV2" ->
                            g.reshape(factors, g.vector(-1, 1));
                    case "MatMul", "BatchMatMul", "BatchMatMulV2" ->
                            g.reshape(
                                    factors, transposed(layer) ? g.vector(-1, 1) : g.vector(1, -1));
                    default -> g.reshape(factors, g.vector(-1));
                };
        Output scaled = g.mul(weights, aligned);
        // Says the shape, which rules for narrow layers look at.
        return StaticShape.ofWeight(graph, weights)
                .map(shape -> g.emit("EnsureShape", List.of(scaled), "shape", proto(shape)))
                .orElse(scaled);
    }

    private static AttrValue proto(long[] extents) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long extent : extents) {
            shape.addDimBuilder().setSize(extent);
        }
        return AttrValue.newBuilder().setShape(shape).build();
    }
}
