/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.Set;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.Trial;

/** {@link Deletion} over parts of the image; see {@link RegionCurve}. */
@MetaInfServices(Metric.class)
public final class RegionDeletion extends FaithfulnessMetric {

    public RegionDeletion() {
        super(
                "Region Deletion",
                "The mean score while regions are removed, those argued for first; 1 is the image, 0 without any.",
                "Petsiuk et al. 2018, BMVC, over regions as Samek et al. 2017, IEEE TNNLS 28",
                Double.NEGATIVE_INFINITY,
                Double.POSITIVE_INFINITY,
                Better.LOWER,
                Set.of(Need.NETWORK, Need.REGIONS));
    }

    @Override
    public String curve() {
        return "score, by the regions' share that is removed";
    }

    @Override
    public long passes(Trial trial) {
        int regions = trial.explained().orElseThrow().regions().orElseThrow().count();
        return Math.min(regions, trial.steps()) + 1L;
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        return RegionCurve.of(trial, false, progress);
    }
}
