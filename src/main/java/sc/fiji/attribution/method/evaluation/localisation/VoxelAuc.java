/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.localisation;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Ranking;
import sc.fiji.attribution.method.evaluation.Trial;

/** How likely a voxel of the mask has a larger value than one outside; 0.5 is chance. */
@MetaInfServices(Metric.class)
public final class VoxelAuc extends MaskMetric {

    public VoxelAuc() {
        super(
                "Voxel AUC",
                "How likely a voxel of the mask has a larger value than one outside.",
                "Fawcett 2006, Pattern Recognition Letters 27",
                0,
                1,
                Better.HIGHER);
    }

    @Override
    Finding measure(Trial trial, double[] values, boolean[] mask, int inside) {
        double[] ranks = Ranking.ranks(values);
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += mask[i] ? ranks[i] : 0;
        }
        // Mann and Whitney's U as a share of all pairs.
        double u = sum - inside * (inside + 1.0) / 2;
        return Finding.of(u / ((double) inside * (values.length - inside)));
    }
}
