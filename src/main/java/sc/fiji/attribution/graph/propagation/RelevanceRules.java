/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import sc.fiji.attribution.core.propagation.Composite;
import sc.fiji.attribution.core.propagation.LrpRule;
import sc.fiji.attribution.graph.gradient.MaxPooling;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Op;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.Rule;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;
import sc.fiji.attribution.graph.layer.Activations;
import sc.fiji.attribution.graph.layer.LinearLayer;
import sc.fiji.attribution.graph.layer.LinearLayers;

/**
 * Relevance as a table: layers with weights by the composite, activations unchanged, sums by
 * contribution, what only moves values as its gradient does, and products to the gated factor.
 */
public final class RelevanceRules {

    private static final String NAME = "LRP rule";

    /** Where one element is chosen, it takes all; what only moves values moves relevance. */
    private static final List<Trait> AS_GRADIENT =
            List.of(
                    Trait.MOVES,
                    Trait.JOINS,
                    Trait.PARTS,
                    Trait.CASTS,
                    Trait.CHOICE,
                    Trait.EXTREMUM);

    private static final Rule UNCHANGED = Rule.first((g, n, r) -> r);

    private final Graph graph;
    private final Composite composite;
    private final Function<String, List<String>> names;
    private final Route route;
    private final Map<String, LinearLayer> layers;
    private final Gates gates;

    private RelevanceRules(
            Ops g, Route route, Composite composite, Function<String, List<String>> names) {
        this.graph = g.graph();
        this.composite = composite;
        this.names = names;
        this.route = route;
        this.layers = LinearLayers.find(g, route);
        this.gates = new Gates(graph, route);
    }

    /**
     * @param route from the image
     * @param names of a node's layer and the blocks that it stands in
     */
    public static RuleTable table(
            Ops g, Route route, Composite composite, Function<String, List<String>> names) {
        RelevanceRules made = new RelevanceRules(g, route, composite, names);
        Map<String, Node> units = new HashMap<>(Activations.find(g.graph(), route));
        made.layers.forEach((name, layer) -> units.put(name, layer.node()));
        return new RuleTable(made.rules(), units, NAME);
    }

    private Map<String, Rule> rules() {
        Map<String, Rule> rules = new HashMap<>();
        for (Op op : OpTable.ops()) {
            op.gradient()
                    .flatMap(gradient -> rule(op, gradient))
                    .ifPresent(rule -> rules.put(op.type(), rule));
        }
        rules.put(Activations.SPELLED_OUT, UNCHANGED);
        rules.put("ClipByValue", UNCHANGED);
        return rules;
    }

    /** Empty where nothing is known of an op that relevance could go by. */
    private Optional<Rule> rule(Op op, Rule gradient) {
        if (op.is(Trait.HELD)) {
            return Optional.of(UNCHANGED);
        } else if (op.is(Trait.VALUELESS)) {
            return Optional.of(Rule.none());
        } else if (op.is(Trait.WEIGHTED_SUM)) {
            return Optional.of(this::layer);
        } else if (op.is(Trait.PRODUCT)) {
            return Optional.of(this::product);
        } else if (op.is(Trait.QUOTIENT)) {
            return Optional.of(this::quotient);
        } else if (op.is(Trait.ACTIVATION)) {
            return Optional.of(UNCHANGED);
        } else if (op.is(Trait.POOL) && op.is(Trait.MAXIMUM)) {
            return Optional.of(this::pooling);
        } else if (AS_GRADIENT.stream().anyMatch(op::is)) {
            return Optional.of(gradient);
        } else if (op.is(Trait.NORMALISATION)) {
            return Optional.of(normalisation(gradient));
        }
        return op.is(Trait.LINEAR)
                ? Optional.of(RelevanceFormulas.byContribution(gradient))
                : Optional.empty();
    }

    /** By its own statistics x is (x − μ)·γ with γ a gate, so relevance is that of x − μ. */
    private static Rule normalisation(Rule gradient) {
        Rule fixed = RelevanceFormulas.byContribution(gradient);
        return (g, n, input, r) -> {
            if (!n.flag("is_training")) {
                return fixed.pullback(g, n, input, r);
            }
            OwnStatistics.check(g, n);
            OwnStatistics of = OwnStatistics.of(g, n, n.in(0));
            Output centred = of.centred();
            Output s = RelevanceFormulas.normalised(g, r.get(0), centred, LrpRule.STABILISER);
            return g.mul(n.in(0), of.centre(s));
        };
    }

    private Output layer(Ops g, Node n, int input, List<Output> r) {
        LinearLayer layer = layers.get(n.name());
        if (layer == null) {
            throw new UnsupportedOpException(
                    n, NAME, "it multiplies two quantities that are both computed from the image");
        }
        List<String> kinds = new ArrayList<>();
        kinds.add(layer.convolution() ? Composite.CONVOLUTION : Composite.DENSE);
        if (layer.first()) {
            kinds.add(Composite.FIRST);
        }
        LrpRule rule = composite.rule(kinds, names.apply(layer.source()));
        return RelevanceFormulas.share(g, layer, r.get(0), rule);
    }

    private Output pooling(Ops g, Node n, int input, List<Output> r) {
        LrpRule rule = composite.rule(List.of(Composite.MAX_POOLING), names.apply(n.name()));
        if (rule.kind() == LrpRule.Kind.WINNER) {
            return OpTable.gradient(n.op()).pullback(g, n, input, r);
        }
        Node averaging = Node.of(graph.node(MaxPooling.average(g, n, n.in(0))));
        return RelevanceFormulas.byContribution(OpTable.gradient(averaging.op()))
                .pullback(g, averaging, input, r);
    }

    /** To the gated factor; by contribution, which is all, where the other one is a weight. */
    private Output product(Ops g, Node n, int input, List<Output> r) {
        Output other = n.in(1 - input);
        if (!route.has(other)) {
            return unbroadcast(g, n, input, r.get(0));
        }
        int mine = gates.rank(n.in(input));
        int others = gates.rank(other);
        if (mine == others) {
            throw new UnsupportedOpException(
                    n,
                    NAME,
                    "both of its factors are computed from the image, and "
                            + (mine == 0 ? "neither is a gate" : "both are gates"));
        }
        return mine > others ? null : unbroadcast(g, n, input, r.get(0));
    }

    /** To what is divided. */
    private Output quotient(Ops g, Node n, int input, List<Output> r) {
        return input == 1 ? null : unbroadcast(g, n, 0, r.get(0));
    }

    private static Output unbroadcast(Ops g, Node n, int input, Output r) {
        return g.unbroadcast(r, n.in(input), n.in(1 - input));
    }
}
