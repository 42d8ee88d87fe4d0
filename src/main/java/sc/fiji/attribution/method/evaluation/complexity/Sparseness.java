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

/** The Gini index of the absolute values: 0 where all are equal, 1 where one has all. */
@MetaInfServices(Metric.class)
public final class Sparseness implements Metric {

    @Override
    public MetricDeclaration declaration() {
        return new MetricDeclaration(
                "Sparseness",
                "The Gini index of the absolute values: 0 where all are equal, 1 where one has all.",
                "Chalasani et al. 2020, ICML",
                0,
                1,
                Better.HIGHER,
                Set.of());
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        double[] values = Absolute.values(trial.map());
        Arrays.sort(values);
        double weighted = 0;
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            weighted += (2.0 * (i + 1) - values.length - 1) * values[i];
            sum += values[i];
        }
        return sum == 0
                ? Finding.of(Double.NaN, Absolute.ZERO)
                : Finding.of(weighted / (values.length * sum));
    }
}
