/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.propagation;

import java.util.List;
import java.util.stream.IntStream;
import sc.fiji.attribution.graph.gradient.LinearRules;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Values d = x − μ and γ = 1/√(σ² + ε) of a normalisation by a channel's own mean and variance
 * (FusedBatchNorm in training mode, as Keras 2 writes layer normalisation), y = d·γ.
 *
 * @param axes over which a channel is averaged
 * @param centred d, of the shape of x
 * @param inverse γ, one for each channel
 */
record OwnStatistics(Ops g, Output axes, Output centred, Output inverse) {

    /**
     * @throws sc.fiji.attribution.graph.ir.UnsupportedOpException where it has a learnt scale: then
     *     images change each other's scores
     */
    static void check(Ops g, Node n) {
        LinearRules.requireUnitScale(g, n);
    }

    static OwnStatistics of(Ops g, Node n, Output x) {
        int rank = n.text("data_format").length();
        int channel = n.channelsFirst() ? 1 : rank - 1;
        Output axes = g.vector(IntStream.range(0, rank).filter(axis -> axis != channel).toArray());
        Output centred = g.sub(x, mean(g, x, axes));
        Output variance = mean(g, g.emit("Square", centred), axes);
        Output epsilon = g.scalar(n.attr("epsilon").getF(), variance);
        return new OwnStatistics(g, axes, centred, g.emit("Rsqrt", g.add(variance, epsilon)));
    }

    /** s − mean(s), the transpose of what makes d of x. */
    Output centre(Output s) {
        return g.sub(s, mean(s));
    }

    Output mean(Output s) {
        return mean(g, s, axes);
    }

    private static Output mean(Ops g, Output x, Output axes) {
        return g.emit("Mean", List.of(x, axes), "keep_dims", true);
    }
}
