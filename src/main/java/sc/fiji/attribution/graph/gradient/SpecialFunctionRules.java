/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import static sc.fiji.attribution.graph.ir.Op.op;
import static sc.fiji.attribution.graph.ir.Rule.broadcast;
import static sc.fiji.attribution.graph.ir.Rule.first;
import static sc.fiji.attribution.graph.ir.Trait.FUNCTION;

import java.util.List;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Op;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Gradients of the functions that likelihoods and entropies are made of. */
@MetaInfServices(Op.Family.class)
public final class SpecialFunctionRules implements Op.Family {

    private static final double SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

    private static final List<Op> ALL =
            List.of(
                    op(
                            "Lgamma",
                            first((g, n, dy) -> g.mul(dy, g.emit("Digamma", n.in(0)))),
                            FUNCTION),
                    op(
                            "Digamma",
                            first((g, n, dy) -> g.mul(dy, polygamma(g, g.scalar(1, dy), n.in(0)))),
                            FUNCTION),
                    op(
                            "BesselI0e",
                            first(
                                    (g, n, dy) ->
                                            g.mul(
                                                    dy,
                                                    g.sub(
                                                            g.emit("BesselI1e", n.in(0)),
                                                            g.mul(
                                                                    g.emit("Sign", n.in(0)),
                                                                    n.out())))),
                            FUNCTION),
                    op("Ndtri", first((g, n, dy) -> g.mul(dy, inverseDensity(g, n))), FUNCTION),
                    op(
                            "Xlogy",
                            broadcast(
                                    (g, n, dy) -> g.mul(dy, g.emit("Xlogy", given(g, n), n.in(1))),
                                    (g, n, dy) -> g.mul(dy, g.emit("Xdivy", n.in(0), n.in(1)))),
                            FUNCTION),
                    op(
                            "Xlog1py",
                            broadcast(
                                    (g, n, dy) ->
                                            g.mul(dy, g.emit("Xlog1py", given(g, n), n.in(1))),
                                    (g, n, dy) -> g.mul(dy, g.emit("Xdivy", n.in(0), next(g, n)))),
                            FUNCTION),
                    op(
                            "Xdivy",
                            broadcast(
                                    (g, n, dy) -> g.mul(dy, g.emit("Xdivy", given(g, n), n.in(1))),
                                    (g, n, dy) ->
                                            g.neg(g.mul(dy, g.emit("Xdivy", n.out(), n.in(1))))),
                            FUNCTION));

    @Override
    public List<Op> ops() {
        return ALL;
    }

    private static Output polygamma(Ops g, Output order, Output x) {
        return g.emit("Polygamma", g.emit("Mul", g.onesLike(x), order), x);
    }

    /** 1 / φ(z) where z is the quantile that the op puts out. */
    private static Output inverseDensity(Ops g, Node n) {
        Output half = g.mul(g.emit("Square", n.out()), 0.5);
        return g.mul(g.emit("Exp", half), SQRT_TWO_PI);
    }

    /** 1 where the first input is not 0, and 0 where it is: there the second does not count. */
    private static Output given(Ops g, Node n) {
        Output x = n.in(0);
        return g.where(g.emit("NotEqual", x, g.scalar(0.0, x)), g.onesLike(x));
    }

    private static Output next(Ops g, Node n) {
        return g.add(n.in(1), g.scalar(1, n.in(1)));
    }
}
