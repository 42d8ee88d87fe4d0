/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * The logit of a probability that comes without one: log p − log(1 − p). Where p or 1 − p is
 * nothing in float32, its logarithm stops at that of the smallest normal number, and so does the
 * gradient.
 */
public final class LogOdds {

    private LogOdds() {}

    public static Output append(Ops g, Output probability) {
        Output one = g.scalar(1, probability);
        return g.sub(log(g, probability), log(g, g.sub(one, probability)));
    }

    private static Output log(Ops g, Output p) {
        return g.emit("Log", g.emit("Maximum", p, g.scalar(Float.MIN_NORMAL, p)));
    }
}
