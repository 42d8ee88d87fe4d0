/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.randomisation;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Change;
import sc.fiji.attribution.method.evaluation.Explainer;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * How alike the maps of two classes of the same image are: a map that is the same for any class
 * does not say why it is this one. The other class is drawn by the seed. Of two classes that share
 * one score the maps of most methods are each other's negative, which is as good as can be.
 */
@MetaInfServices(Metric.class)
public final class RandomLogit implements Metric {

    @Override
    public MetricDeclaration declaration() {
        return new MetricDeclaration(
                "Random Logit",
                "The structural similarity with the map of another class.",
                "Sixt et al. 2020, ICML",
                -1,
                1,
                Better.LOWER,
                Set.of(Need.METHOD));
    }

    @Override
    public long passes(Trial trial) {
        return trial.explainer().passes();
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        Explainer explainer = trial.explainer();
        List<String> others = explainer.otherTargets();
        if (others.isEmpty()) {
            return Finding.of(Double.NaN, "the network has no other class");
        }
        String other = others.get(Math.floorMod(trial.seed(), others.size()));
        Change change = new Change.OtherTarget(other);
        Tensor map = trial.shared().map(change, () -> explainer.mapOf(change, progress));
        return Finding.of(
                Similarity.ssim(trial.map(), map),
                String.format(
                        Locale.ROOT,
                        "with class %s; correlation %.4f",
                        other,
                        Similarity.correlation(trial.map(), map)));
    }
}
