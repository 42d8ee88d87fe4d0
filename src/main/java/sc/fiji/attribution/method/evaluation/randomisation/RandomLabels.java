/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.randomisation;

import java.util.Locale;
import java.util.Set;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Change;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * How alike the map is to that of a network of the same form that learned its images by heart, with
 * labels in random order: there is nothing to see in them that belongs to a class.
 */
@MetaInfServices(Metric.class)
public final class RandomLabels implements Metric {

    @Override
    public MetricDeclaration declaration() {
        return new MetricDeclaration(
                "Random Labels",
                "The rank correlation of absolute maps with those of a network trained on random"
                        + " labels.",
                "Adebayo et al. 2018, NeurIPS",
                -1,
                1,
                Better.LOWER,
                Set.of(Need.METHOD, Need.RANDOM_LABELS));
    }

    @Override
    public long passes(Trial trial) {
        return trial.explainer().passes();
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        Change change = new Change.RandomLabels();
        Tensor map = trial.shared().map(change, () -> trial.explainer().mapOf(change, progress));
        return Finding.of(
                Similarity.spearman(trial.map(), map),
                String.format(
                        Locale.ROOT,
                        "structural similarity %.4f, correlation %.4f",
                        Similarity.ssim(trial.map(), map),
                        Similarity.correlation(trial.map(), map)));
    }
}
