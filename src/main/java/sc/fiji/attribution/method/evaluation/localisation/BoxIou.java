/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.localisation;

import java.util.Arrays;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Ranking;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * The largest intersection over union of the mask's bounding box and that of the largest connected
 * part of the map above a threshold, over thresholds in hundredths of the largest value.
 */
@MetaInfServices(Metric.class)
public final class BoxIou extends MaskMetric {

    private static final int LEVELS = 100;

    public BoxIou() {
        super(
                "Box IoU",
                "The largest overlap of the mask's bounding box with that of the map's largest"
                        + " part.",
                "Choe et al. 2020, CVPR (MaxBoxAcc)",
                0,
                1,
                Better.HIGHER);
    }

    @Override
    Finding measure(Trial trial, double[] values, boolean[] mask, int inside) {
        double largest = Arrays.stream(values).max().orElseThrow();
        if (!(largest > 0)) {
            return Finding.of(Double.NaN, "the map has no positive values");
        }
        Parts parts = new Parts(space(trial.map()));
        int[] wanted = parts.box(mask);
        int[] order = Ranking.descending(values);
        double best = 0;
        int at = 0;
        int next = 0;
        for (int level = LEVELS - 1; level > 0; level--) {
            double threshold = largest * level / LEVELS;
            while (next < order.length && values[order[next]] >= threshold) {
                parts.add(order[next++]);
            }
            double overlap = parts.overlap(parts.largest(), wanted);
            // Of equals the lowest threshold, as if they were tried in rising order.
            if (overlap >= best && overlap > 0) {
                best = overlap;
                at = level;
            }
        }
        return Finding.of(best, "threshold " + at + " % of the largest value");
    }

    /** The map's extents without batch and channels. */
    private static int[] space(Tensor map) {
        String axes = map.axes().order();
        return axes.chars()
                .filter(axis -> axis != 'b' && axis != 'c')
                .map(axis -> map.size((char) axis))
                .toArray();
    }
}
