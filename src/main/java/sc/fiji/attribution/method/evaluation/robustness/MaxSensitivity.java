/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.robustness;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Metric;

/** The largest change of the map under small noise, as a share of its length. */
@MetaInfServices(Metric.class)
public final class MaxSensitivity extends RobustnessMetric {

    public MaxSensitivity() {
        super(
                "Max Sensitivity",
                "The largest change of the map under small noise, as a share of its length.",
                "Yeh et al. 2019, NeurIPS");
    }

    @Override
    double figure(Neighbours neighbours, float[] map, Tensor image, float[] other) {
        return Neighbours.distance(map, other) / Neighbours.length(map);
    }
}
