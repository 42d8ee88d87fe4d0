/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import static sc.fiji.attribution.graph.ir.Rule.first;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import sc.fiji.attribution.graph.gradient.ReverseMode;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.Rule;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.layer.Activations;

/** The gradient with other rules at activations, be they ops or spelled out. */
public final class ModifiedGradients {

    private ModifiedGradients() {}

    /** f'(x)·max(dy, 0): the gradient of what argues for the class alone. */
    public static RuleTable guided(Graph graph, Route route) {
        return table(
                graph,
                route,
                plain -> first((g, n, dy) -> plain.pullback(g, n, 0, List.of(g.emit("Relu", dy)))));
    }

    /** max(dy, 0), whatever came forward. */
    public static RuleTable deconvolution(Graph graph, Route route) {
        return table(graph, route, plain -> first((g, n, dy) -> g.emit("Relu", dy)));
    }

    private static RuleTable table(Graph graph, Route route, UnaryOperator<Rule> atActivations) {
        Map<String, Rule> rules = OpTable.gradients();
        rules.replaceAll(
                (op, gradient) ->
                        OpTable.is(op, Trait.ACTIVATION)
                                ? atActivations.apply(gradient)
                                : gradient);
        rules.put(Activations.SPELLED_OUT, atActivations.apply(spelledOut()));
        return new RuleTable(rules, Activations.find(graph, route), "gradient");
    }

    /** The gradient of an activation that is spelled out, through its own nodes. */
    private static Rule spelledOut() {
        return first(
                (g, n, dy) ->
                        new ReverseMode(g, RuleTable.GRADIENT).backward(n.out(), dy, n.in(0)));
    }
}
