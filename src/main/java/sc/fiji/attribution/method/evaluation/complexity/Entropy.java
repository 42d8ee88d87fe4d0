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

/** The entropy of the shares of the absolute value, in nats; small where few voxels have most. */
@MetaInfServices(Metric.class)
public final class Entropy implements Metric {

    @Override
    public MetricDeclaration declaration() {
        return new MetricDeclaration(
                "Entropy",
                "The entropy of the shares of the absolute value, in nats; small where few voxels have most.",
                "Bhatt et al. 2020, IJCAI",
                0,
                Double.POSITIVE_INFINITY,
                Better.LOWER,
                Set.of());
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        double[] values = Absolute.values(trial.map());
        double sum = Arrays.stream(values).sum();
        if (sum == 0) {
            return Finding.of(Double.NaN, Absolute.ZERO);
        }
        double entropy = 0;
        for (double value : values) {
            entropy -= value == 0 ? 0 : value / sum * Math.log(value / sum);
        }
        return Finding.of(entropy);
    }
}
