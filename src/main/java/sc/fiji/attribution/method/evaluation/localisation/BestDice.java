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

/** The largest overlap 2·hits ÷ (above + mask) of any threshold, which is the largest F1. */
@MetaInfServices(Metric.class)
public final class BestDice extends MaskMetric {

    public BestDice() {
        super(
                "Best Dice",
                "The largest Dice overlap with the mask that any threshold gives.",
                "Dice 1945, Ecology 26",
                0,
                1,
                Better.HIGHER);
    }

    @Override
    Finding measure(Trial trial, double[] values, boolean[] mask, int inside) {
        double[] best = best(values, mask, inside);
        return Finding.of(best[0], String.format(Locale.ROOT, "threshold %.6g", best[1]));
    }

    /** The overlap and its threshold. */
    static double[] best(double[] values, boolean[] mask, int inside) {
        double[] best = {-1, Double.NaN};
        Thresholds.visit(
                values,
                mask,
                (threshold, above, hits) -> {
                    double dice = 2.0 * hits / (above + inside);
                    if (dice > best[0]) {
                        best[0] = dice;
                        best[1] = threshold;
                    }
                });
        return best;
    }
}
