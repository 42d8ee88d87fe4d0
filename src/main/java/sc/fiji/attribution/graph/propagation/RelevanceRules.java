/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import sc.fiji.attribution.core.Composite;
import sc.fiji.attribution.core.LrpRule;
import sc.fiji.attribution.graph.gradient.GradientRules;
import sc.fiji.attribution.graph.gradient.MaxPooling;
import sc.fiji.attribution.graph.gradient.Rule;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.gradient.ShapeRules;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;
import sc.fiji.attribution.graph.layer.Activations;
import sc.fiji.attribution.graph.layer.LinearLayer;
import sc.fiji.attribution.graph.layer.LinearLayers;
import sc.fiji.attribution.graph.layer.WeightForm;

/**
 * Relevance as a table: layers with weights by the composite, activations unchanged, sums by
 * contribution, what only moves values as its gradient does, and products to the gated factor.
 */
public final class RelevanceRules {

    private static final String NAME = "LRP rule";

    /** Linear ops without weights, and sums of several inputs. */
    private static final List<String> BY_CONTRIBUTION =
            List.of(
                    "Add",
                    "AddV2",
                    "AddN",
                    "AccumulateNV2",
                    "Sub",
                    "BiasAdd",
                    "Neg",
                    "FusedBatchNorm",
                    "FusedBatchNormV2",
                    "FusedBatchNormV3",
                    "AvgPool",
                    "AvgPool3D",
                    "Mean",
                    "Sum",
                    "Cumsum",
                    "ResizeBilinear",
                    "ResizeBicubic");

    /** Where one element is chosen, it takes all; what only moves values moves relevance. */
    private static final List<String> AS_GRADIENT =
            List.of(
                    "MaxPool",
                    "MaxPool3D",
                    "Max",
                    "Min",
                    "Maximum",
                    "Minimum",
                    "SelectV2",
                    "Select",
                    "Cast",
                    "ResizeNearestNeighbor");

    /** What scales another quantity between bounds, or by the spread of a sample. */
    private static final Set<String> GATES =
            Set.of("Sigmoid", "Softmax", "Tanh", "Rsqrt", "Reciprocal", "Relu6", "ClipByValue");

    private static final Set<String> MOVES =
            Set.of("Reshape", "ExpandDims", "Squeeze", "Identity", "Tile", "BroadcastTo", "Cast");

    private final Graph graph;
    private final Composite composite;
    private final Function<String, List<String>> names;
    private final Route route;
    private final Map<String, LinearLayer> layers;

    private RelevanceRules(
            Ops g, Route route, Composite composite, Function<String, List<String>> names) {
        this.graph = g.graph();
        this.composite = composite;
        this.names = names;
        this.route = route;
        this.layers = LinearLayers.find(g, route);
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
        Map<String, Rule> rules = new HashMap<>(ShapeRules.TABLE);
        for (String op : AS_GRADIENT) {
            rules.put(op, GradientRules.TABLE.get(op));
        }
        for (String op : BY_CONTRIBUTION) {
            rules.put(op, RelevanceFormulas.byContribution(GradientRules.TABLE.get(op)));
        }
        Rule unchanged = (g, n, input, r) -> r.get(0);
        Activations.OPS.forEach(op -> rules.put(op, unchanged));
        rules.put(Activations.SPELLED_OUT, unchanged);
        rules.put("ClipByValue", unchanged);
        rules.put("StopGradient", Rule.none());
        rules.put("MaxPool", this::pooling);
        rules.put("MaxPool3D", this::pooling);
        rules.put("Mul", this::product);
        rules.put("RealDiv", this::quotient);
        rules.put("Div", this::quotient);
        rules.put("DivNoNan", this::quotient);
        for (String op : WeightForm.ops()) {
            rules.put(op, this::layer);
        }
        return rules;
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
            return GradientRules.TABLE.get(n.op()).pullback(g, n, input, r);
        }
        Node averaging = Node.of(graph.node(MaxPooling.average(g, n, n.in(0))));
        return RelevanceFormulas.byContribution(GradientRules.TABLE.get(averaging.op()))
                .pullback(g, averaging, input, r);
    }

    /** To the gated factor; by contribution, which is all, where the other one is a weight. */
    private Output product(Ops g, Node n, int input, List<Output> r) {
        Output other = n.in(1 - input);
        if (!route.has(other)) {
            return unbroadcast(g, n, input, r.get(0));
        }
        boolean gate = isGate(n.in(input));
        if (gate == isGate(other)) {
            throw new UnsupportedOpException(
                    n,
                    NAME,
                    "both of its factors are computed from the image, and neither is a gate");
        }
        return gate ? null : unbroadcast(g, n, input, r.get(0));
    }

    /** To what is divided. */
    private Output quotient(Ops g, Node n, int input, List<Output> r) {
        return input == 1 ? null : unbroadcast(g, n, 0, r.get(0));
    }

    private static Output unbroadcast(Ops g, Node n, int input, Output r) {
        return g.unbroadcast(r, n.in(input), n.in(1 - input));
    }

    private boolean isGate(Output output) {
        Node node = Node.of(graph.node(output));
        if (GATES.contains(node.op())) {
            return true;
        }
        if (MOVES.contains(node.op())) {
            return isGate(node.in(0));
        }
        return node.op().equals("Mul")
                && node.inputs().stream().anyMatch(this::isGate)
                && node.inputs().stream().allMatch(in -> isGate(in) || !route.has(in));
    }
}
