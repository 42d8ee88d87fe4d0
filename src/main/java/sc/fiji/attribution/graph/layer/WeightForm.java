/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.StaticShape;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * How an op z = Wx holds its weights.
 *
 * @param x which of its inputs is x
 * @param w which of its inputs is W
 * @param outputRank number of axes of z, the last one its channels
 * @param weightRank number of axes of W
 * @param channels those axes of W, in order, that tell one channel of z from another; none where
 *     the channels are not the last axis of z, or do not show
 */
record WeightForm(int x, int w, int outputRank, int weightRank, List<Integer> channels) {

    /** Ops whose weights have a place in the image. */
    private static final Map<String, WeightForm> CONVOLUTIONS =
            Map.of(
                    "Conv2D", new WeightForm(0, 1, 4, 4, List.of(3)),
                    "Conv3D", new WeightForm(0, 1, 5, 5, List.of(4)),
                    "DepthwiseConv2dNative", new WeightForm(0, 1, 4, 4, List.of(2, 3)),
                    "Conv2DBackpropInput", new WeightForm(2, 1, 4, 4, List.of(2)),
                    "Conv3DBackpropInputV2", new WeightForm(2, 1, 5, 5, List.of(3)));

    /** Of a node; empty where it is no such op, or its weights depend on the image. */
    static Optional<WeightForm> of(Graph graph, Node node, Route route) {
        WeightForm form = CONVOLUTIONS.get(node.op());
        if (form == null && node.is(Trait.WEIGHTED_SUM) && node.inputs().size() == 2) {
            form = product(graph, node, route.has(node.in(0)));
        }
        return Optional.ofNullable(form)
                .filter(f -> route.has(node.in(f.x)) && !route.has(node.in(f.w)));
    }

    private static WeightForm product(Graph graph, Node node, boolean xFirst) {
        int w = xFirst ? 1 : 0;
        int rank = StaticShape.ofWeight(graph, node.in(w)).map(shape -> shape.length).orElse(0);
        List<Integer> channels =
                switch (node.op()) {
                    case "MatMul" -> List.of(node.flag("transpose_b") ? 0 : 1);
                    case "Einsum" -> einsum(node, rank);
                    default -> rank == 2 ? List.of(node.flag("adj_y") ? 0 : 1) : List.of();
                };
        int axes = node.op().equals("Einsum") ? rank : 2;
        return new WeightForm(xFirst ? 0 : 1, w, 2, axes, xFirst ? channels : List.of());
    }

    /** The last axis of W, where it is the last one of z and none of x's. */
    private static List<Integer> einsum(Node node, int rank) {
        String[] terms = node.text("equation").split(",|->");
        if (terms.length < 3 || terms[2].isEmpty() || rank == 0) {
            return List.of();
        }
        String channel = terms[2].substring(terms[2].length() - 1);
        boolean last = terms[1].endsWith(channel) && !terms[0].contains(channel);
        return last ? List.of(rank - 1) : List.of();
    }

    private static Output extent(Ops g, Output weights, int axis) {
        return g.slice(g.shape(weights), axis, 1);
    }

    /** Zeros, one for each channel of z, and 1 along its other axes. */
    Output zeros(Ops g, Output weights) {
        Output count = g.vector(1);
        for (int axis : channels) {
            count = g.mul(count, extent(g, weights, axis));
        }
        int[] ones = new int[outputRank - 1];
        Arrays.fill(ones, 1);
        return g.emit("Fill", g.concat(g.vector(ones), count), g.scalar(0.0, weights));
    }

    /** Each channel's weights times its factor. */
    Output scaled(Ops g, Output weights, Output factors) {
        Output[] extents = new Output[weightRank - channels.get(0)];
        for (int i = 0; i < extents.length; i++) {
            int axis = channels.get(0) + i;
            extents[i] = channels.contains(axis) ? extent(g, weights, axis) : g.vector(1);
        }
        return g.mul(weights, g.reshape(factors, g.concat(extents)));
    }
}
