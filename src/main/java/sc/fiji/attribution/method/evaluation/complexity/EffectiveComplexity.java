/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.complexity;

import java.util.Arrays;
import java.util.Set;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Trial;

/** The share of values above a hundredth of the largest absolute value. */
@MetaInfServices(Metric.class)
public final class EffectiveComplexity implements Metric {

    private static final double SHARE = 0.01;

    @Override
    public MetricDeclaration declaration() {
        return new MetricDeclaration(
                "Effective Complexity",
                "The share of values above a hundredth of the largest absolute value.",
                "Nguyen and Martinez 2020, arXiv:2007.07584, by threshold",
                0,
                1,
                Better.LOWER,
                Set.of());
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        double[] values = Absolute.values(trial.map());
        double largest = Arrays.stream(values).max().orElse(0);
        if (largest == 0) {
            return Finding.of(Double.NaN, Absolute.ZERO);
        }
        long above = Arrays.stream(values).filter(v -> v > largest * SHARE).count();
        return Finding.of((double) above / values.length, above + " values");
    }
}
