/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * A layer z = Wx + b: a convolution or matrix product with weights that do not depend on the image,
 * and what scales and shifts its outputs channel by channel folded into W and b.
 *
 * @param node the op with W in place of its own weights; its name, and so its output z, is that of
 *     the last node that was folded in
 * @param x which of its inputs is x
 * @param w which of its inputs is W
 * @param bias b, of one element for each channel, the last axis of z; empty where it is zero
 * @param before what lays the voxels of a dilated convolution apart, in front of it
 * @param moves what brings its outputs into the shape of z
 * @param source name of the convolution or product itself
 * @param first whether no other layer with weights stands between it and the image
 */
public record LinearLayer(
        Node node,
        int x,
        int w,
        Optional<Output> bias,
        String source,
        boolean first,
        Optional<Node> before,
        List<Node> moves) {

    public boolean convolution() {
        return node.is(Trait.CONVOLUTION);
    }

    public Output input() {
        return node.in(x);
    }

    public Output weights() {
        return node.in(w);
    }

    /** z, as the network computes it. */
    public Output output() {
        return node.out();
    }

    /** Wx for other x and W, without b. */
    public Output forward(Ops g, Output input, Output weights) {
        Output entering = before.map(b -> again(g, b, input)).orElse(input);
        return moved(g, again(g, node.with(w, weights), x, entering));
    }

    /** What the op itself gives, in the shape of z. */
    Output moved(Ops g, Output sums) {
        Output y = sums;
        for (Node move : moves) {
            y = again(g, move, y);
        }
        return y;
    }

    private static Output again(Ops g, Node node, Output input) {
        return again(g, node, 0, input);
    }

    private static Output again(Ops g, Node node, int at, Output input) {
        return g.emit(node.op(), node.with(at, input).inputs(), g.attributes(node));
    }

    /** Wᵀs for other W, in the shape of x. */
    public Output backward(Ops g, Output weights, Output s) {
        List<Node> reversed = new ArrayList<>(moves);
        Collections.reverse(reversed);
        Output at = s;
        for (Node move : reversed) {
            at = moveBack(g, move, at);
        }
        Node layer = before.map(b -> node.with(x, b.out())).orElse(node).with(w, weights);
        Output back = OpTable.gradient(node.op()).pullback(g, layer, x, List.of(at));
        return before.map(b -> moveBack(g, b, back)).orElse(back);
    }

    private static Output moveBack(Ops g, Node move, Output s) {
        return OpTable.gradient(move.op()).pullback(g, move, 0, List.of(s));
    }
}
