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
 * The precision at each threshold, weighted by the recall that it adds; chance is the mask's share.
 */
@MetaInfServices(Metric.class)
public final class AveragePrecision extends MaskMetric {

    public AveragePrecision() {
        super(
                "Average Precision",
                "The precision at each threshold, weighted by the recall that it adds.",
                "Davis and Goadrich 2006, ICML",
                0,
                1,
                Better.HIGHER);
    }

    @Override
    Finding measure(Trial trial, double[] values, boolean[] mask, int inside) {
        double[] sum = {0, 0};
        Thresholds.visit(
                values,
                mask,
                (threshold, above, hits) -> {
                    double recall = (double) hits / inside;
                    sum[0] += (recall - sum[1]) * hits / above;
                    sum[1] = recall;
                });
        return Finding.of(sum[0]);
    }
}
