/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.localisation;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Trial;

/** The share of the absolute attribution that lies in the mask. */
@MetaInfServices(Metric.class)
public final class AbsoluteMass extends MaskMetric {

    public AbsoluteMass() {
        super(
                "Absolute Mass",
                "The share of the absolute attribution that lies in the mask.",
                "Arras et al. 2022, Information Fusion 81, of absolute values",
                0,
                1,
                Better.HIGHER);
    }

    @Override
    Finding measure(Trial trial, double[] values, boolean[] mask, int inside) {
        double in = 0;
        double all = 0;
        for (int i = 0; i < values.length; i++) {
            double value = Math.abs(values[i]);
            all += value;
            in += mask[i] ? value : 0;
        }
        return all == 0
                ? Finding.of(Double.NaN, "the map has no such values")
                : Finding.of(in / all);
    }
}
