/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.complexity;

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
 * How far the map changes, as a share of its length, where all of the image is brighter by its own
 * range and the network takes that away again: network and image are the same to one another as
 * before. A baseline that is a number, such as black, is not moved, and that is what shows: 0 for
 * gradients, much for the image times its gradient.
 */
@MetaInfServices(Metric.class)
public final class InputInvariance implements Metric {

    @Override
    public MetricDeclaration declaration() {
        return new MetricDeclaration(
                "Input Invariance",
                "How far the map changes where image and first layer are shifted alike.",
                "Kindermans et al. 2017, arXiv:1711.00867",
                0,
                Double.POSITIVE_INFINITY,
                Better.LOWER,
                Set.of(Need.METHOD, Need.WEIGHTS));
    }

    @Override
    public long passes(Trial trial) {
        return trial.explainer().passes();
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float value : trial.explained().orElseThrow().input().data()) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        if (!(high > low)) {
            return Finding.of(Double.NaN, "the image is the same everywhere");
        }
        Explainer explainer = trial.explainer();
        Change change = new Change.Shifted(high - low);
        Tensor map = trial.shared().map(change, () -> explainer.mapOf(change, progress));
        double length = 0;
        double moved = 0;
        for (int i = 0; i < map.length(); i++) {
            double before = trial.map().data()[i];
            length += before * before;
            moved += Math.pow(map.data()[i] - before, 2);
        }
        return length == 0
                ? Finding.of(Double.NaN, "the map is zero everywhere")
                : Finding.of(Math.sqrt(moved / length), "shifted by " + (high - low));
    }
}
