/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import java.util.List;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.ReferenceBranch;
import sc.fiji.attribution.graph.ir.Rule;

/**
 * DeepLIFT at y = exp(x − L) with L = log Σ exp(x), over the last axis: an exponential, a sum and a
 * logarithm, Δy/Δx at each, so that Σ m·Δx = Σ dy·Δy. As a quotient of exponential and sum it would
 * hand on contributions as large as exp(|ΔL|), which cancel: attention has rows where L of the
 * image is tens above L of the baseline.
 */
final class SoftmaxMultipliers {

    /** Below, a mean over the difference is the value itself to within rounding. */
    private static final double SMALLEST = 1e-6;

    private final ReferenceBranch twin;

    private SoftmaxMultipliers(ReferenceBranch twin) {
        this.twin = twin;
    }

    static Rule rule(ReferenceBranch twin) {
        return Rule.first(new SoftmaxMultipliers(twin)::pullback);
    }

    /** Of y = x − L. */
    static Rule ofLogarithm(ReferenceBranch twin) {
        return Rule.first(new SoftmaxMultipliers(twin)::ofLogarithm);
    }

    private Output ofLogarithm(Ops g, Node n, Output dy) {
        Sum sum = sum(g, n.in(0));
        return g.sub(dy, g.mul(sum.slope, g.sumKeepingAxes(dy, g.vector(-1))));
    }

    private Output pullback(Ops g, Node n, Output dy) {
        Sum sum = sum(g, n.in(0));
        Output y = g.emit("Maximum", n.out(), twin.of(n.out()));
        Output ofY = g.mul(dy, g.mul(y, meanDecay(g, g.sub(sum.dx, sum.change))));
        return g.sub(ofY, g.mul(sum.slope, g.sumKeepingAxes(ofY, g.vector(-1))));
    }

    /**
     * What L does.
     *
     * @param dx Δx
     * @param change ΔL
     * @param slope multipliers of x for L
     */
    private record Sum(Output dx, Output change, Output slope) {}

    private Sum sum(Ops g, Output x) {
        Output x0 = twin.of(x);
        Output sum = logSumExp(g, x);
        Output sum0 = logSumExp(g, x0);
        Output dx = g.sub(x, x0);
        Output change = g.sub(sum, sum0);
        Output largest = g.sub(g.emit("Maximum", x, x0), g.emit("Maximum", sum, sum0));
        Output share = g.div(meanDecay(g, dx), meanDecay(g, change));
        return new Sum(dx, change, g.mul(g.emit("Exp", largest), share));
    }

    private static Output logSumExp(Ops g, Output x) {
        Output last = g.vector(-1);
        Output top = g.emit("Max", List.of(x, last), "keep_dims", true);
        return g.add(g.emit("Log", g.sumKeepingAxes(g.emit("Exp", g.sub(x, top)), last)), top);
    }

    /** (1 − exp(−|t|))/|t|: Δexp/Δt between two points that lie t apart, over the larger exp. */
    private static Output meanDecay(Ops g, Output t) {
        Output size = g.emit("Abs", t);
        Output small = g.emit("Less", size, g.scalar(SMALLEST, t));
        Output safe = g.emit("SelectV2", small, g.onesLike(t), size);
        Output decay = g.div(g.neg(g.emit("Expm1", g.neg(safe))), safe);
        return g.emit("SelectV2", small, g.onesLike(t), decay);
    }
}
