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

/** {@link Insertion} over parts of the image; see {@link RegionCurve}. */
@MetaInfServices(Metric.class)
public final class RegionInsertion extends FaithfulnessMetric {

    public RegionInsertion() {
        super(
                "Region Insertion",
                "The mean score while regions are put back, those argued for first; 1 is the image, 0 without any.",
                "Petsiuk et al. 2018, BMVC, over regions as Samek et al. 2017, IEEE TNNLS 28",
                Double.NEGATIVE_INFINITY,
                Double.POSITIVE_INFINITY,
                Better.HIGHER,
                Set.of(Need.NETWORK, Need.REGIONS));
    }

    @Override
    public String curve() {
        return "score, by the regions' share that is put back";
    }

    @Override
    public long passes(Trial trial) {
        int regions = trial.explained().orElseThrow().regions().orElseThrow().count();
        return Math.min(regions, trial.steps()) + 2L;
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        return RegionCurve.of(trial, true, progress);
    }
}
