/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.Rule;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;

/**
 * What changes with the image's values, not with its shape alone. Where a network chooses by such
 * whole numbers or truth values, what the choice does cannot be shared out: rules for differences
 * would miss it, so they do not stand there.
 */
final class Dependence {

    private final Graph graph;
    private final String rules;
    private final Set<String> moved = new HashSet<>();

    /**
     * @param route from the image
     * @param rules what they are called in messages
     */
    Dependence(Graph graph, Route route, String rules) {
        this.graph = graph;
        this.rules = rules;
        for (NodeDef node : route.nodes()) {
            boolean start = Graph.inputs(node).stream().noneMatch(route::has);
            boolean passes =
                    !OpTable.is(node, Trait.VALUELESS)
                            && Graph.inputs(node).stream().anyMatch(this::has);
            if (start || passes) {
                moved.add(node.getName());
            }
        }
    }

    boolean has(Output output) {
        return moved.contains(output.node());
    }

    /** A rule where all that changes with the image is real numbers. */
    Rule checked(Rule rule) {
        return (g, n, input, dy) -> {
            if (!has(n.in(input))) {
                return null;
            }
            for (int i = 0; i < n.inputs().size(); i++) {
                if (has(n.in(i)) && !Ops.isFloating(graph.type(n.in(i)))) {
                    throw new UnsupportedOpException(
                            n,
                            rules,
                            "it goes by whole numbers or truth values that are computed from the"
                                    + " image (input "
                                    + i
                                    + ")");
                }
            }
            return rule.pullback(g, n, input, dy);
        };
    }

    /** A rule for what is a function of one quantity, where the others do not change. */
    Rule ofOne(Formula formula) {
        return (g, n, input, dy) -> {
            long changing = IntStream.range(0, n.inputs().size()).filter(i -> has(n.in(i))).count();
            if (changing > 1) {
                throw new UnsupportedOpException(
                        n, rules, "it joins " + changing + " quantities computed from the image");
            }
            return formula.multiplier(g, n, input, dy.get(0));
        };
    }

    /** The multiplier of one input. */
    @FunctionalInterface
    interface Formula {
        Output multiplier(Ops g, Node n, int input, Output dy);
    }
}
