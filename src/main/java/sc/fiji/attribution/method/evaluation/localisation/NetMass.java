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

/**
 * The sum over the mask as a share of the sum over the image; below 0 or above 1 where signs
 * differ.
 */
@MetaInfServices(Metric.class)
public final class NetMass extends MaskMetric {

    public NetMass() {
        super(
                "Net Mass",
                "The sum over the mask as a share of the sum over the image; below 0 or above 1 where signs differ.",
                "Arras et al. 2022, Information Fusion 81, of signed values",
                Double.NEGATIVE_INFINITY,
                Double.POSITIVE_INFINITY,
                Better.NEITHER);
    }

    @Override
    Finding measure(Trial trial, double[] values, boolean[] mask, int inside) {
        double in = 0;
        double all = 0;
        for (int i = 0; i < values.length; i++) {
            double value = values[i];
            all += value;
            in += mask[i] ? value : 0;
        }
        return all == 0
                ? Finding.of(Double.NaN, "the map has no such values")
                : Finding.of(in / all);
    }
}
