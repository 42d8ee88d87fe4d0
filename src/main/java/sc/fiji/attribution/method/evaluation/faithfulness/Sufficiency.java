/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.ArrayList;
import java.util.List;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Ranking;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * Whether what the map points to is enough: the share of the score's distance from the reference
 * that is lost where only the largest 1, 5, 10, 20 and 50 % of the features are left in the
 * reference, their mean. DeYoung et al. 2020.
 */
@MetaInfServices(Metric.class)
public final class Sufficiency extends FaithfulnessMetric {

    /** Percent of the features that are left. */
    private static final int[] LEFT = {1, 5, 10, 20, 50};

    public Sufficiency() {
        super(
                "Sufficiency",
                "The share of the score that is lost where only the largest values' voxels are"
                        + " left.",
                "DeYoung et al. 2020, ACL",
                Double.NEGATIVE_INFINITY,
                Double.POSITIVE_INFINITY,
                Better.LOWER);
    }

    @Override
    public long passes(Trial trial) {
        return LEFT.length + 2L;
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        Removal removal = new Removal(trial);
        double image = removal.ofInput();
        double whole = Math.abs(image - removal.ofReference());
        if (whole == 0) {
            return Finding.of(Double.NaN, "image and reference have the same score");
        }
        int[] order = Ranking.descending(removal.values());
        Tensor left = removal.reference().copy();
        int[] done = {0};
        double[] scores =
                removal.ask(
                        LEFT.length,
                        i -> {
                            int end = (int) Math.ceil(order.length * LEFT[i] / 100.0);
                            while (done[0] < end) {
                                removal.move(removal.input(), left, order[done[0]++]);
                            }
                            return left.data();
                        },
                        progress);
        List<Double> curve = new ArrayList<>();
        double sum = 0;
        for (double score : scores) {
            curve.add((image - score) / whole);
            sum += (image - score) / whole / scores.length;
        }
        return new Finding(sum, "", curve);
    }
}
