/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.complexity;

import java.util.Locale;
import java.util.Set;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.evaluation.Explained;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Need;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * The axiom of completeness: by which share of f(x) − f(reference) the map's sum misses it; not
 * whether it is met to the last digit, which no sum of single-precision numbers is.
 */
@MetaInfServices(Metric.class)
public final class Completeness implements Metric {

    @Override
    public MetricDeclaration declaration() {
        return new MetricDeclaration(
                "Completeness Error",
                "By which share of f(image) - f(reference) the map's sum misses it.",
                "Sundararajan et al. 2017, ICML",
                0,
                Double.POSITIVE_INFINITY,
                Better.LOWER,
                Set.of(Need.NETWORK));
    }

    @Override
    public long passes(Trial trial) {
        return 2;
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        Explained explained = trial.explained().orElseThrow();
        double whole = explained.ofInput() - explained.ofReference();
        if (whole == 0) {
            return Finding.of(Double.NaN, "image and reference have the same score");
        }
        double error = trial.map().sum() - whole;
        return Finding.of(
                Math.abs(error / whole),
                String.format(Locale.ROOT, "the sum is off by %.6g", error));
    }
}
