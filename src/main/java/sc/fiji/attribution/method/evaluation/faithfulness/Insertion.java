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
 * The area under the score while features are put into the reference, largest first, as a share of
 * the score's difference between image and reference.
 */
@MetaInfServices(Metric.class)
public final class Insertion extends FaithfulnessMetric {

    public Insertion() {
        super(
                "Insertion",
                "The mean score while voxels are put into the reference, those argued for first; 1"
                        + " is the image, 0 the reference.",
                "Petsiuk et al. 2018, BMVC",
                Double.NEGATIVE_INFINITY,
                Double.POSITIVE_INFINITY,
                Better.HIGHER);
    }

    @Override
    public String curve() {
        return "score, by the share that is put back";
    }

    @Override
    public long passes(Trial trial) {
        return trial.steps() + 2L;
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        Removal removal = new Removal(trial);
        int[] order = Ranking.descending(removal.values());
        int step = step(removal.features(), trial.steps());
        return Curve.of(removal, removal.kept(groups(order, step), true, progress), true);
    }
}
