/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.robustness;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Metric;

/** The largest relative change of the map per change of the logits. */
@MetaInfServices(Metric.class)
public final class RelativeOutputStability extends RobustnessMetric {

    public RelativeOutputStability() {
        super(
                "Relative Output Stability",
                "The largest relative change of the map per change of the logits.",
                "Agarwal et al. 2022, arXiv:2203.06877");
    }

    @Override
    double figure(Neighbours neighbours, float[] map, Tensor image, float[] other) {
        return Neighbours.relative(map, other) / Math.max(1e-6, neighbours.logitsMove(image));
    }
}
