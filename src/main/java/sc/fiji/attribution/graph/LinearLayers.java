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
import org.tensorflow.proto.NodeDef;

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

    /** One op of a chain, and which of its inputs the chain enters. */
    private record Link(Node node, int input) {}

    private List<Link> chain(Node layer) {
        List<Link> chain = new ArrayList<>();
        Output at = layer.out();
        boolean more = !layer.op().startsWith("Batch") && !layer.op().equals("Einsum");
        while (more) {
            List<NodeDef> all = readers.getOrDefault(at.node(), List.of());
            Optional<Link> next =
                    all.size() == 1 ? link(Node.of(all.get(0)), at) : Optional.empty();
            next.ifPresent(chain::add);
            more = next.isPresent();
            at = more ? next.get().node().out() : at;
        }
        return chain;
    }

    private Optional<Link> link(Node node, Output at) {
        int input = node.inputs().indexOf(at);
        boolean norm = node.op().startsWith("FusedBatchNorm");
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
        return affine ? Optional.of(new Link(node, input)) : Optional.empty();
    }

    private LinearLayer fold(Node layer, LinearLayer.Inputs in, boolean first) {
        List<Link> chain = chain(layer);
        if (chain.isEmpty()) {
            return new LinearLayer(layer, in.x(), in.w(), Optional.empty(), layer.name(), first);
        }
        // What the chain makes of zero is b, and its slope is what scales W.
        Output zero = zero(layer, in.w());
        Output shifted = zero;
        for (Link link : chain) {
            shifted =
                    g.emit(
                            link.node().op(),
                            link.node().with(link.input(), shifted).inputs(),
                            g.attributes(link.node()));
        }
        Output slope =
                new ReverseMode(g, RuleTable.GRADIENT).backward(shifted, g.onesLike(shifted), zero);
        Output weights = scaled(layer, layer.in(in.w()), slope);
        String last = chain.get(chain.size() - 1).node().name();
        Node folded =
                new Node(
                        layer.def().toBuilder().setName(last).build(),
                        layer.with(in.w(), weights).inputs());
        return new LinearLayer(folded, in.x(), in.w(), Optional.of(shifted), layer.name(), first);
    }

    /** Zeros, one for each channel of z and 1 along its other axes. */
    private Output zero(Node layer, int w) {
        Output shape = g.shape(layer.in(w));
        Output channels =
                switch (layer.op()) {
                    case "MatMul" -> {
                        boolean transposed = layer.flag(w == 1 ? "transpose_b" : "transpose_a");
                        yield g.slice(shape, (w == 1) == transposed ? 0 : 1, 1);
                    }
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

    private static int rank(Node layer) {
        return switch (layer.op()) {
            case "MatMul" -> 2;
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
                    case "MatMul" ->
                            g.reshape(
                                    factors,
                                    layer.flag("transpose_b") ? g.vector(-1, 1) : g.vector(1, -1));
                    default -> g.reshape(factors, g.vector(-1));
                };
        Output scaled = g.mul(weights, aligned);
        // Says the shape, which rules for narrow layers look at.
        return StaticShape.ofWeight(graph, weights)
                .map(shape -> g.reshape(scaled, shape(shape)))
                .orElse(scaled);
    }

    private Output shape(long[] extents) {
        return g.vector(Arrays.stream(extents).mapToInt(Math::toIntExact).toArray());
    }
}
