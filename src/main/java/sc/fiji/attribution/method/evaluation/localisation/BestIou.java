/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.localisation;

import java.util.Locale;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Trial;

/** The largest intersection over union of any threshold; Dice ÷ (2 − Dice), so of the same one. */
@MetaInfServices(Metric.class)
public final class BestIou extends MaskMetric {

    public BestIou() {
        super(
                "Best IoU",
                "The largest intersection over union with the mask that any threshold gives.",
                "Jaccard 1912, New Phytologist 11",
                0,
                1,
                Better.HIGHER);
    }

    @Override
    Finding measure(Trial trial, double[] values, boolean[] mask, int inside) {
        double[] best = BestDice.best(values, mask, inside);
        return Finding.of(
                best[0] / (2 - best[0]), String.format(Locale.ROOT, "threshold %.6g", best[1]));
    }
}
