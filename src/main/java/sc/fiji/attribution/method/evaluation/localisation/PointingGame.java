/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.localisation;

import java.util.Arrays;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Trial;

/** 1 where the largest value lies in the mask, else 0; at ties the share of the largest in it. */
@MetaInfServices(Metric.class)
public final class PointingGame extends MaskMetric {

    public PointingGame() {
        super(
                "Pointing Game",
                "1 where the largest value lies in the mask, else 0.",
                "Zhang et al. 2018, IJCV 126",
                0,
                1,
                Better.HIGHER);
    }

    @Override
    Finding measure(Trial trial, double[] values, boolean[] mask, int inside) {
        double largest = Arrays.stream(values).max().orElseThrow();
        int hits = 0;
        int count = 0;
        for (int i = 0; i < values.length; i++) {
            count += values[i] == largest ? 1 : 0;
            hits += values[i] == largest && mask[i] ? 1 : 0;
        }
        return count == 0 ? Finding.of(Double.NaN) : Finding.of((double) hits / count);
    }
}
