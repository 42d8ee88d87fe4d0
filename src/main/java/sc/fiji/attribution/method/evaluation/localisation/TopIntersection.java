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

/** Of the largest values, one in a hundred voxels, the share that lies in the mask. */
@MetaInfServices(Metric.class)
public final class TopIntersection extends MaskMetric {

    private static final int ONE_IN = 100;

    public TopIntersection() {
        super(
                "Top-k Intersection",
                "Of the largest values, one in a hundred voxels, the share in the mask.",
                "Theiner et al. 2022, WACV",
                0,
                1,
                Better.HIGHER);
    }

    @Override
    Finding measure(Trial trial, double[] values, boolean[] mask, int inside) {
        int k = Math.max(1, values.length / ONE_IN);
        return Finding.of(RelevanceRank.share(values, mask, k), "k = " + k);
    }
}
