/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import static sc.fiji.attribution.graph.gradient.Rule.both;
import static sc.fiji.attribution.graph.gradient.Rule.first;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.gradient.GradientRules;
import sc.fiji.attribution.graph.gradient.MaxPooling;
import sc.fiji.attribution.graph.gradient.Rule;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.ReferenceBranch;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.layer.Activations;

/**
 * DeepLIFT as a table: a multiplier m of an input x of y = f(x) is such that m·Δx = dy·Δy, where Δ
 * is the difference from the baseline's value in a {@link ReferenceBranch}. Linear ops keep their
 * gradient. Each node of the graph is one use, so nothing breaks where a network uses an activation
 * twice.
 *
 * <p>Δ of a product is shared by both factors, each with the other's mean of before and after: that
 * is their Shapley value (Lundberg and Lee, A Unified Approach to Interpreting Model Predictions,
 * 2017). That of a maximum goes to one element, whole.
 */
public final class MultiplierRules {

    static final String NAME = "DeepLIFT rule";

    private static final List<String> UNARY =
            List.of(
                    "Erf",
                    "Erfc",
                    "Exp",
                    "Expm1",
                    "Log",
                    "Log1p",
                    "Abs",
                    "Sin",
                    "Cos",
                    "ClipByValue");
    private static final List<String> BILINEAR =
            List.of("Mul", "MatMul", "BatchMatMul", "BatchMatMulV2", "Einsum");
    private static final Map<String, String> EXTREMA =
            Map.of(
                    "MaxPool", "Maximum",
                    "MaxPool3D", "Maximum",
                    "Max", "Maximum",
                    "Maximum", "Maximum",
                    "Min", "Minimum",
                    "Minimum", "Minimum");

    /** There is none: the gradient alone is not complete. */
    private static final List<String> NONE = List.of("LogSoftmax", "LRN", "Prod", "Pow");

    private final ReferenceBranch twin;

    MultiplierRules(ReferenceBranch twin) {
        this.twin = twin;
    }

    /**
     * @param route from the image
     */
    public static RuleTable rescale(Graph graph, Route route, ReferenceBranch twin) {
        Map<String, Node> units = new HashMap<>(Activations.find(graph, route));
        units.putAll(pooled(graph, route));
        return new RuleTable(new MultiplierRules(twin).rules(), units, NAME);
    }

    /**
     * Max pooling of ReLU as a function of what ReLU reads: the largest element is the same, and
     * ReLU's own rule has nothing to do.
     */
    static Map<String, Node> pooled(Graph graph, Route route) {
        Map<String, Node> pooled = new HashMap<>();
        for (NodeDef def : route.nodes()) {
            Node pool = Node.of(def);
            if (MaxPooling.isOne(pool)) {
                Node before = Node.of(graph.node(pool.in(0)));
                if (before.op().equals("Relu") && route.has(before.in(0))) {
                    pooled.put(pool.name(), pool.with(0, before.in(0)));
                }
            }
        }
        return pooled;
    }

    Map<String, Rule> rules() {
        Map<String, Rule> rules = new HashMap<>(GradientRules.TABLE);
        NONE.forEach(rules::remove);
        rules.put(Activations.SPELLED_OUT, first(this::rescale));
        Activations.OPS.forEach(op -> rules.put(op, first(this::rescale)));
        UNARY.forEach(op -> rules.put(op, first(this::rescale)));
        BILINEAR.forEach(op -> rules.put(op, averaged(GradientRules.TABLE.get(op))));
        EXTREMA.forEach((op, of) -> rules.put(op, extremum(of)));
        rules.put("Square", first((g, n, dy) -> g.mul(dy, sum(g, n.in(0)))));
        rules.put("Sqrt", first((g, n, dy) -> g.div(dy, sum(g, n.out()))));
        rules.put("Rsqrt", first(this::inverseRoot));
        rules.put("Reciprocal", first(this::inverse));
        rules.put("Inv", first(this::inverse));
        rules.put("RealDiv", quotient());
        rules.put("Div", quotient());
        rules.put("SquaredDifference", squaredDifference());
        rules.put("Softmax", SoftmaxMultipliers.rule(twin));
        return rules;
    }

    private Output difference(Ops g, Output x) {
        return g.sub(x, twin.of(x));
    }

    private Output mean(Ops g, Output x) {
        Output other = twin.of(x);
        return other.equals(x) ? x : g.mul(g.add(x, other), 0.5);
    }

    private Output sum(Ops g, Output x) {
        return g.add(x, twin.of(x));
    }

    /** −dy·y·y', which is dy·Δy/Δx of y = 1/x. */
    private Output inverse(Ops g, Node n, Output dy) {
        return g.neg(g.mul(dy, g.mul(n.out(), twin.of(n.out()))));
    }

    /**
     * dy·Δy/Δx of y = 1/√x without a difference: the variances that layers are normalised by may
     * all be smaller than what {@link MeanSlope} takes for rounding.
     */
    private Output inverseRoot(Ops g, Node n, Output dy) {
        Output product = g.mul(n.out(), twin.of(n.out()));
        return g.neg(g.mul(dy, g.mul(product, g.div(product, sum(g, n.out())))));
    }

    private Output rescale(Ops g, Node n, Output dy) {
        MeanSlope.Point from = new MeanSlope.Point(twin.of(n.in(0)), twin.of(n.out()));
        MeanSlope.Point to = new MeanSlope.Point(n.in(0), n.out());
        return g.mul(dy, MeanSlope.of(n).between(g, from, to));
    }

    /** A product's gradient where the other factor has its mean value. */
    private Rule averaged(Rule gradient) {
        return (g, n, input, dy) ->
                gradient.pullback(g, n.with(1 - input, mean(g, n.in(1 - input))), input, dy);
    }

    /**
     * y − y' goes to the largest of x ∨ x', whole: that element of x where the output rises, of x'
     * where it falls. Nothing goes anywhere where the output stays.
     */
    private Rule extremum(String extremum) {
        return (g, n, input, dy) -> {
            Output contributions = g.mul(dy.get(0), difference(g, n.out()));
            Output shares = Winners.of(g, n, twin, extremum).place(g, input, contributions);
            return g.emit("DivNoNan", shares, difference(g, n.in(input)));
        };
    }

    /** a/b: the mean of 1/b for a, and −mean(a)/(b·b') for b. */
    private Rule quotient() {
        return broadcast(
                both(
                        (g, n, dy) -> g.mul(dy, meanInverse(g, n.in(1))),
                        (g, n, dy) -> {
                            Output product = g.mul(n.in(1), twin.of(n.in(1)));
                            return g.neg(g.mul(dy, g.div(mean(g, n.in(0)), product)));
                        }));
    }

    private Output meanInverse(Ops g, Output b) {
        Output one = g.onesLike(b);
        return g.mul(g.add(g.div(one, b), g.div(one, twin.of(b))), 0.5);
    }

    /** (a − b)²: 2·mean(a − b). */
    private Rule squaredDifference() {
        return broadcast(
                both(
                        (g, n, dy) -> twiceDifference(g, n, dy),
                        (g, n, dy) -> g.neg(twiceDifference(g, n, dy))));
    }

    private Output twiceDifference(Ops g, Node n, Output dy) {
        return g.mul(dy, g.mul(g.sub(mean(g, n.in(0)), mean(g, n.in(1))), 2));
    }

    private static Rule broadcast(Rule rule) {
        return (g, n, input, dy) ->
                g.unbroadcast(rule.pullback(g, n, input, dy), n.in(input), n.in(1 - input));
    }
}
