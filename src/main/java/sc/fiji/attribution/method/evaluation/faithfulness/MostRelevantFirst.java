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
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * Boxes removed by falling sum of the map, kept removed: the mean of f(x) − f as a share of the
 * whole fall (the area over the perturbation curve).
 */
@MetaInfServices(Metric.class)
public final class MostRelevantFirst extends FaithfulnessMetric {

    public MostRelevantFirst() {
        super(
                "Most Relevant First",
                "The mean fall of the score while boxes are removed, those argued for first.",
                "Samek et al. 2017, IEEE TNNLS 28",
                Double.NEGATIVE_INFINITY,
                Double.POSITIVE_INFINITY,
                Better.HIGHER);
    }

    @Override
    public long passes(Trial trial) {
        return trial.steps() + 2L;
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        return RegionOrder.evaluate(trial, true, progress);
    }
}
