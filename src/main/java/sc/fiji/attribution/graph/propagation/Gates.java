/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import java.util.List;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.Trait;

/**
 * Which of two factors scales the other: a product's relevance is that of what is gated. Where both
 * lie between bounds, as in the cells of recurrent layers, the better gate is one (Arras et al.
 * 2017).
 */
final class Gates {

    private static final int NONE = 0;

    /** Its sign matters too, as that of a tanh, which is what logistic functions gate. */
    private static final int SIGNED = 1;

    /** With a number added, as in 1 + a, that lets all pass and some of it more. */
    private static final int SHIFTED = 2;

    /** Cut at bounds: a hard logistic function, or what a layer with such an activation makes. */
    private static final int CLIPPED = 3;

    private static final int FULL = 4;

    private final Graph graph;
    private final Route route;

    /**
     * @param route from the image
     */
    Gates(Graph graph, Route route) {
        this.graph = graph;
        this.route = route;
    }

    /** How much a factor is a gate: the one that is more scales the other; 0 where it is none. */
    int rank(Output output) {
        Node node = Node.of(graph.node(output));
        if (node.is(Trait.GATE)) {
            return node.is(Trait.SIGNED) ? SIGNED : node.is(Trait.CLIPS) ? CLIPPED : FULL;
        }
        if (node.is(Trait.MOVES) || node.is(Trait.CASTS)) {
            return rank(node.in(0));
        }
        List<Output> ofImage = node.inputs().stream().filter(route::has).toList();
        if (ofImage.isEmpty() || !node.is(Trait.ELEMENTWISE)) {
            return NONE;
        }
        int least = ofImage.stream().mapToInt(this::rank).min().orElse(NONE);
        boolean alone = ofImage.size() == 1;
        // What is left of one is a gate as good as that itself.
        boolean rest = node.op().equals("Sub") && !route.has(node.in(0));
        boolean scales =
                node.is(Trait.PRODUCT)
                        || alone && node.op().equals("Neg")
                        || alone && node.is(Trait.QUOTIENT) && route.has(node.in(0))
                        || alone && (node.is(Trait.MAXIMUM) || node.is(Trait.MINIMUM));
        if (rest || scales) {
            return least;
        }
        return alone && node.is(Trait.ADDS) && least > NONE ? SHIFTED : NONE;
    }
}
