/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import static java.util.Map.entry;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.NodeDef;
import sc.fiji.attribution.graph.gradient.MaxPooling;
import sc.fiji.attribution.graph.gradient.RuleTable;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Op;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.ReferenceBranch;
import sc.fiji.attribution.graph.ir.Route;
import sc.fiji.attribution.graph.ir.Rule;
import sc.fiji.attribution.graph.ir.Trait;
import sc.fiji.attribution.graph.layer.Activations;

/**
 * DeepLIFT as a table: a multiplier m of an input x of y = f(x) is such that m·Δx = dy·Δy, where Δ
 * is the difference from the baseline's value in a {@link ReferenceBranch}. Each node of the graph
 * is one use, so nothing breaks where a network uses an activation twice.
 *
 * <p>An op is in the table by its traits: linear ops keep their gradient, functions of one element
 * have Δy/Δx, products and extrema {@link MultiplierFormulas formulas} of their own. There is no
 * rule for the others, whose gradient alone is not complete.
 */
public final class MultiplierRules {

    static final String NAME = "DeepLIFT rule";

    private final MultiplierFormulas formulas;
    private final Dependence dependence;

    /** Where a quotient of differences would lose digits, or the op is no function of one. */
    private final Map<String, Rule> byName;

    MultiplierRules(Graph graph, Route route, ReferenceBranch reference) {
        this.formulas = new MultiplierFormulas(reference);
        this.dependence = new Dependence(graph, route, NAME);
        this.byName =
                Map.ofEntries(
                        entry("Square", Rule.first(formulas::square)),
                        entry("Sqrt", Rule.first(formulas::root)),
                        entry("Rsqrt", Rule.first(formulas::inverseRoot)),
                        entry("Reciprocal", Rule.first(formulas::inverse)),
                        entry("Inv", Rule.first(formulas::inverse)),
                        entry("SquaredDifference", formulas.squaredDifference()),
                        entry("DivNoNan", formulas.guardedQuotient()),
                        entry("EuclideanNorm", Rule.first(formulas::norm)),
                        entry("L2Loss", Rule.first(formulas::halfSquares)),
                        entry("Softmax", SoftmaxMultipliers.rule(reference)),
                        entry("LogSoftmax", SoftmaxMultipliers.ofLogarithm(reference)));
    }

    /**
     * @param route from the image
     */
    public static RuleTable rescale(Graph graph, Route route, ReferenceBranch reference) {
        Map<String, Node> units = new HashMap<>(Activations.find(graph, route));
        units.putAll(pooled(graph, route));
        return new RuleTable(new MultiplierRules(graph, route, reference).rules(), units, NAME);
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
        Map<String, Rule> rules = new HashMap<>();
        for (Op op : OpTable.ops()) {
            op.gradient()
                    .flatMap(gradient -> rule(op, gradient))
                    .ifPresent(rule -> rules.put(op.type(), dependence.checked(rule)));
        }
        rules.put(Activations.SPELLED_OUT, Rule.first(formulas::rescale));
        return rules;
    }

    /** Empty where nothing is known of an op that makes a rule complete. */
    private Optional<Rule> rule(Op op, Rule gradient) {
        if (byName.containsKey(op.type())) {
            return Optional.of(byName.get(op.type()));
        } else if (op.is(Trait.HELD)) {
            return Optional.of((g, n, input, dy) -> dy.get(0));
        } else if (op.is(Trait.VALUELESS)) {
            return Optional.of(Rule.none());
        } else if (op.is(Trait.LINEAR) || op.is(Trait.CHOICE)) {
            return Optional.of(gradient);
        } else if (op.is(Trait.PRODUCT)) {
            return Optional.of(formulas.averaged(gradient));
        } else if (op.is(Trait.QUOTIENT)) {
            return Optional.of(formulas.quotient());
        } else if (op.is(Trait.EXTREMUM)) {
            return Optional.of(formulas.extremum(op.is(Trait.MAXIMUM) ? "Maximum" : "Minimum"));
        } else if (op.is(Trait.NORMALISATION)) {
            return Optional.of(formulas.normalisation(gradient));
        }
        return op.is(Trait.FUNCTION)
                ? Optional.of(dependence.ofOne(formulas::rescale))
                : Optional.empty();
    }
}
