/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import static sc.fiji.attribution.graph.ir.Rule.both;

import java.util.List;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.OpTable;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.ReferenceBranch;
import sc.fiji.attribution.graph.ir.Rule;

/**
 * DeepLIFT's formulas, with x' for the baseline's value of x.
 *
 * <p>Δ of a product is shared by both factors, each with the other's mean of before and after: that
 * is their Shapley value (Lundberg and Lee, A Unified Approach to Interpreting Model Predictions,
 * 2017). That of a maximum goes to one element, whole.
 */
final class MultiplierFormulas {

    private final ReferenceBranch reference;

    MultiplierFormulas(ReferenceBranch reference) {
        this.reference = reference;
    }

    private Output difference(Ops g, Output x) {
        return g.sub(x, reference.of(x));
    }

    private Output mean(Ops g, Output x) {
        Output other = reference.of(x);
        return other.equals(x) ? x : g.mul(g.add(x, other), 0.5);
    }

    private Output sum(Ops g, Output x) {
        return g.add(x, reference.of(x));
    }

    /** x + x'. */
    Output square(Ops g, Node n, Output dy) {
        return g.mul(dy, sum(g, n.in(0)));
    }

    /** 1/(y + y'). */
    Output root(Ops g, Node n, Output dy) {
        return g.div(dy, sum(g, n.out()));
    }

    /** −y·y', which is Δy/Δx of y = 1/x. */
    Output inverse(Ops g, Node n, Output dy) {
        return g.neg(g.mul(dy, g.mul(n.out(), reference.of(n.out()))));
    }

    /**
     * Δy/Δx of y = 1/√x without a difference: the variances that layers are normalised by may all
     * be smaller than what {@link MeanSlope} takes for rounding.
     */
    Output inverseRoot(Ops g, Node n, Output dy) {
        return g.mul(dy, inverseRootSlope(g, n.out(), reference.of(n.out())));
    }

    private static Output inverseRootSlope(Ops g, Output y, Output y0) {
        Output product = g.mul(y, y0);
        return g.neg(g.mul(product, g.div(product, g.add(y, y0))));
    }

    /** (x + x')/(y + y') of y = √Σx², and 0 where both are 0. */
    Output norm(Ops g, Node n, Output dy) {
        Output share = g.emit("DivNoNan", dy, sum(g, n.out()));
        Output spread = OpTable.gradient("Sum").pullback(g, n, 0, List.of(share));
        return g.mul(spread, sum(g, n.in(0)));
    }

    /** (x + x')/2 of y = Σx²/2. */
    Output halfSquares(Ops g, Node n, Output dy) {
        return g.mul(mean(g, n.in(0)), dy);
    }

    Output rescale(Ops g, Node n, Output dy) {
        return rescale(g, n, 0, dy);
    }

    /** Δy/Δx, for one of several inputs that broadcast, the others fixed. */
    Output rescale(Ops g, Node n, int input, Output dy) {
        Output x = n.in(input);
        MeanSlope.Point from = new MeanSlope.Point(reference.of(x), reference.of(n.out()));
        MeanSlope.Point to = new MeanSlope.Point(x, n.out());
        if (n.inputs().size() == 1) {
            return g.mul(dy, MeanSlope.of(n).between(g, from, to));
        }
        // The op on the input in the shape of its output, so that slopes are element by element.
        Output full = g.add(x, g.zerosLike(n.out()));
        Node wide = Node.of(g.graph().node(again(g, n.with(input, full))));
        Output before = g.add(reference.of(x), g.zerosLike(n.out()));
        Node base = Node.of(g.graph().node(again(g, n.with(input, before))));
        Output slope =
                MeanSlope.of(wide)
                        .between(
                                g,
                                new MeanSlope.Point(before, base.out()),
                                new MeanSlope.Point(full, wide.out()));
        return g.unbroadcast(g.mul(dy, slope), x, n.out());
    }

    private static Output again(Ops g, Node n) {
        return g.emit(n.op(), n.inputs(), g.attributes(n));
    }

    /** A product's gradient where the other factor has its mean value. */
    Rule averaged(Rule gradient) {
        return (g, n, input, dy) -> {
            Node between = n;
            for (int i = 0; i < n.inputs().size(); i++) {
                if (i != input) {
                    between = between.with(i, mean(g, n.in(i)));
                }
            }
            return gradient.pullback(g, between, input, dy);
        };
    }

    /**
     * y − y' goes to the largest of x ∨ x', whole: that element of x where the output rises, of x'
     * where it falls. Nothing goes anywhere where the output stays.
     */
    Rule extremum(String extremum) {
        return (g, n, input, dy) -> {
            Output contributions = g.mul(dy.get(0), difference(g, n.out()));
            Output shares = Winners.of(g, n, reference, extremum).place(g, input, contributions);
            return g.emit("DivNoNan", shares, difference(g, n.in(input)));
        };
    }

    /** a/b: the mean of 1/b for a, and −mean(a)/(b·b') for b. */
    Rule quotient() {
        return broadcast(
                both(
                        (g, n, dy) -> g.mul(dy, meanInverse(g, n.in(1))),
                        (g, n, dy) -> {
                            Output product = g.mul(n.in(1), reference.of(n.in(1)));
                            return g.neg(g.mul(dy, g.div(mean(g, n.in(0)), product)));
                        }));
    }

    private Output meanInverse(Ops g, Output b) {
        Output one = g.onesLike(b);
        return g.mul(g.add(g.div(one, b), g.div(one, reference.of(b))), 0.5);
    }

    /** a·c with c = 1/b, and 0 where b is 0. */
    Rule guardedQuotient() {
        return broadcast(
                both(
                        (g, n, dy) -> {
                            Output b = n.in(1);
                            Output both = g.add(guarded(g, b), guarded(g, reference.of(b)));
                            return g.mul(dy, g.mul(both, 0.5));
                        },
                        (g, n, dy) -> {
                            Output b = n.in(1);
                            Output rise = g.sub(guarded(g, b), guarded(g, reference.of(b)));
                            Output product = g.mul(b, reference.of(b));
                            Output zero = g.emit("Equal", product, g.scalar(0.0, product));
                            Output slope =
                                    g.emit(
                                            "SelectV2",
                                            zero,
                                            g.emit("DivNoNan", rise, difference(g, b)),
                                            g.neg(guarded(g, product)));
                            return g.mul(dy, g.mul(mean(g, n.in(0)), slope));
                        }));
    }

    private static Output guarded(Ops g, Output b) {
        return g.emit("DivNoNan", g.onesLike(b), b);
    }

    /** (a − b)²: 2·mean(a − b). */
    Rule squaredDifference() {
        return broadcast(
                both(
                        (g, n, dy) -> twiceDifference(g, n, dy),
                        (g, n, dy) -> g.neg(twiceDifference(g, n, dy))));
    }

    private Output twiceDifference(Ops g, Node n, Output dy) {
        return g.mul(dy, g.mul(g.sub(mean(g, n.in(0)), mean(g, n.in(1))), 2));
    }

    /**
     * Fixed statistics are linear. By its own y = d·γ is a product, and γ a function of d through
     * the variance, mean(d²).
     */
    Rule normalisation(Rule gradient) {
        return (g, n, input, dy) -> {
            if (!n.flag("is_training")) {
                return gradient.pullback(g, n, input, dy);
            }
            OwnStatistics.check(g, n);
            OwnStatistics to = OwnStatistics.of(g, n, n.in(0));
            OwnStatistics from = OwnStatistics.of(g, n, reference.of(n.in(0)));
            Output d = g.mul(g.add(to.centred(), from.centred()), 0.5);
            Output gamma = g.mul(g.add(to.inverse(), from.inverse()), 0.5);
            Output ofGamma =
                    g.mul(
                            to.mean(g.mul(dy.get(0), d)),
                            g.mul(inverseRootSlope(g, to.inverse(), from.inverse()), 2));
            return to.centre(g.add(g.mul(dy.get(0), gamma), g.mul(ofGamma, d)));
        };
    }

    private static Rule broadcast(Rule rule) {
        return (g, n, input, dy) ->
                g.unbroadcast(rule.pullback(g, n, input, dy), n.in(input), n.in(1 - input));
    }
}
