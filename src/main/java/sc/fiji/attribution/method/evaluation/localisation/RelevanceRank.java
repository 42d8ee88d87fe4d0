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

/** Of as many of the largest values as the mask has voxels, the share that lies in it. */
@MetaInfServices(Metric.class)
public final class RelevanceRank extends MaskMetric {

    public RelevanceRank() {
        super(
                "Relevance Rank",
                "Of as many of the largest values as the mask has voxels, the share in it.",
                "Arras et al. 2022, Information Fusion 81",
                0,
                1,
                Better.HIGHER);
    }

    @Override
    Finding measure(Trial trial, double[] values, boolean[] mask, int inside) {
        return Finding.of(share(values, mask, inside));
    }

    /** Of the k largest values the share that lies in the mask. */
    static double share(double[] values, boolean[] mask, int k) {
        int[] order = Ranking.descending(values);
        int hits = 0;
        for (int i = 0; i < k; i++) {
            hits += mask[order[i]] ? 1 : 0;
        }
        return (double) hits / k;
    }
}
