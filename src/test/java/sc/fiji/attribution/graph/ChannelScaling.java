/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static sc.fiji.attribution.graph.DenseNetwork.weights;
import static sc.fiji.attribution.graph.SmallNetwork.conv;
import static sc.fiji.attribution.graph.SmallNetwork.head;

import java.util.List;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Networks that scale channels by what they make of the image. */
final class ChannelScaling {

    private ChannelScaling() {}

    /** Each channel weighted by what a small network makes of the means of all. */
    static void squeezeAndExcite(DenseNetwork n) {
        DenseNetwork.Step a = n.relu(n.layer(n.image, conv(2, 2)));
        DenseNetwork.Step b = n.relu(n.layer(SmallNetwork.mean(n, a), WeightedLayer.dense(2, 3)));
        DenseNetwork.Step gate =
                n.pointwise(
                        n.layer(b, WeightedLayer.dense(3, 2)),
                        (g, x) -> g.emit("Sigmoid", x),
                        ActivationForm::sigmoid);
        Output inPlace = n.g.reshape(gate.tensor(), n.g.vector(-1, 1, 1, 2));
        DenseNetwork.Step everywhere =
                n.broadcast(
                        gate,
                        (g, x) ->
                                g.emit(
                                        "Tile",
                                        g.reshape(x, g.vector(-1, 1, 1, 2)),
                                        g.vector(1, 4, 4, 1)),
                        inPlace);
        DenseNetwork.Step b2 = n.product(n.g.mul(a.tensor(), inPlace), a, everywhere);
        head(n, n.relu(n.layer(b2, conv(2, 2))), 2);
    }

    /**
     * Of each voxel's channels: (x − μ)/√(σ² + 0.1), times a weight, plus an offset.
     *
     * @param keras whether in Keras' order: x·s + (offset − μ·s), s = weight/√(σ² + 0.1)
     */
    static void layerNorm(DenseNetwork n, boolean keras) {
        DenseNetwork.Step x = n.layer(n.image, conv(2, 3));
        Ops g = n.g;
        Output mean = mean(g, x.tensor());
        Output difference = g.sub(x.tensor(), mean);
        Output square =
                keras
                        ? g.emit("SquaredDifference", x.tensor(), g.emit("StopGradient", mean))
                        : g.emit("Square", difference);
        Output variance = mean(g, square);
        Output spread = g.emit("Rsqrt", g.add(variance, g.scalar(0.1, variance)));
        DenseNetwork.Step minusMean =
                n.broadcast(x, (ops, v) -> ops.neg(spreadOut(ops, mean(ops, v))), g.neg(mean));
        DenseNetwork.Step centred = n.sum(difference, x, minusMean);
        DenseNetwork.Step squared = n.pointwise(centred, (ops, v) -> square, v -> v * v);
        DenseNetwork.Step both =
                n.broadcast(squared, (ops, v) -> spreadOut(ops, mean(ops, v)), variance);
        DenseNetwork.Step gate = n.pointwise(both, (ops, v) -> spread, v -> 1 / Math.sqrt(v + 0.1));
        DenseNetwork.Part weighted = (ops, v) -> ops.mul(v, weights(ops, v, 21, 3));
        DenseNetwork.Step out;
        if (keras) {
            DenseNetwork.Step scale = n.broadcast(gate, weighted, weighted.apply(g, spread));
            DenseNetwork.Step kept = n.product(g.mul(x.tensor(), scale.tensor()), x, scale);
            DenseNetwork.Step means =
                    n.broadcast(x, (ops, v) -> spreadOut(ops, mean(ops, v)), mean);
            DenseNetwork.Step lost = n.product(g.mul(mean, scale.tensor()), means, scale);
            out = n.sum(kept, n.fixed(lost, (ops, v) -> ops.sub(weights(ops, v, 22, 3), v)));
        } else {
            DenseNetwork.Step normal = n.product(g.mul(difference, spread), centred, gate);
            out =
                    n.fixed(
                            normal,
                            (ops, v) -> ops.add(weighted.apply(ops, v), weights(ops, v, 22, 3)));
        }
        head(n, n.relu(n.layer(out, conv(3, 2))), 2);
    }

    private static Output mean(Ops g, Output x) {
        return g.emit("Mean", List.of(x, g.vector(-1)), "keep_dims", true);
    }

    private static Output spreadOut(Ops g, Output oneChannel) {
        return g.emit("Tile", oneChannel, g.vector(1, 1, 1, 3));
    }
}
