/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Ranking;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * Features removed in groups by falling value, each group alone: the correlation of the groups'
 * attribution with the fall of the score.
 */
@MetaInfServices(Metric.class)
public final class FaithfulnessEstimate extends FaithfulnessMetric {

    public FaithfulnessEstimate() {
        super(
                "Faithfulness Estimate",
                "The correlation of ranked groups' attribution with what removing them takes away.",
                "Alvarez-Melis and Jaakkola 2018, NeurIPS, in groups",
                -1,
                1,
                Better.HIGHER);
    }

    @Override
    public long passes(Trial trial) {
        return trial.steps() + 1L;
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        Removal removal = new Removal(trial);
        int[] order = Ranking.descending(removal.values());
        int[][] groups = groups(order, step(removal.features(), trial.steps()));
        return Finding.of(FaithfulnessCorrelation.of(removal, groups, progress));
    }
}
