/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.robustness;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Metric;

/** The largest change of the map per change of the image under small noise. */
@MetaInfServices(Metric.class)
public final class LocalLipschitz extends RobustnessMetric {

    public LocalLipschitz() {
        super(
                "Local Lipschitz",
                "The largest change of the map per change of the image under small noise.",
                "Alvarez-Melis and Jaakkola 2018, NeurIPS");
    }

    @Override
    double figure(Neighbours neighbours, float[] map, Tensor image, float[] other) {
        return Neighbours.distance(map, other)
                / Neighbours.distance(neighbours.input().data(), image.data());
    }
}
