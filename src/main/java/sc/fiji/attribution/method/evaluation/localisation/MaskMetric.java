/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.localisation;

import java.util.Set;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.Trial;

/** A metric that looks at the map's voxels, channels added up, and at the mask. */
abstract class MaskMetric implements Metric {

    private final MetricDeclaration declaration;

    MaskMetric(String name, String summary, String paper, double low, double high, Better better) {
        this.declaration =
                new MetricDeclaration(name, summary, paper, low, high, better, Set.of(Need.MASK));
    }

    @Override
    public final MetricDeclaration declaration() {
        return declaration;
    }

    @Override
    public final Finding evaluate(Trial trial, Progress progress) {
        boolean[] mask = trial.mask().orElseThrow();
        int inside = 0;
        for (boolean in : mask) {
            inside += in ? 1 : 0;
        }
        if (inside == 0 || inside == mask.length) {
            return Finding.of(
                    Double.NaN, inside == 0 ? "the mask is empty" : "the mask is the whole image");
        }
        return measure(trial, trial.voxels(), mask, inside);
    }

    /**
     * @param values of the map's voxels
     * @param inside number of voxels in the mask, neither none nor all
     */
    abstract Finding measure(Trial trial, double[] values, boolean[] mask, int inside);
}
