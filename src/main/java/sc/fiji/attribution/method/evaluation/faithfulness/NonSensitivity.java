/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.Arrays;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.MetricDeclaration.Better;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * Of boxes that are removed one by one, the share for which map and network disagree whether they
 * matter at all. Nguyen and Martinez 2020. What is below a hundredth of the largest counts as
 * nothing, on each side by its own scale, since the map's unit is not the score's.
 */
@MetaInfServices(Metric.class)
public final class NonSensitivity extends FaithfulnessMetric {

    private static final double NOTHING = 0.01;

    public NonSensitivity() {
        super(
                "Non-Sensitivity",
                "The share of boxes for which map and network disagree whether they matter.",
                "Nguyen and Martinez 2020, arXiv:2007.07584, of boxes",
                0,
                1,
                Better.LOWER);
    }

    @Override
    public long passes(Trial trial) {
        return trial.steps() + 1L;
    }

    @Override
    public Finding evaluate(Trial trial, Progress progress) {
        Removal removal = new Removal(trial);
        int size = Tiles.size(trial.map(), trial.steps());
        int[][] boxes = Tiles.of(trial.map(), size);
        double[] falls =
                Arrays.stream(removal.fallsOfTiles(size, progress)).map(Math::abs).toArray();
        double[] values = removal.values();
        double[] sums =
                Arrays.stream(boxes)
                        .mapToDouble(
                                box ->
                                        Arrays.stream(box)
                                                .mapToDouble(f -> Math.abs(values[f]))
                                                .sum())
                        .toArray();
        double fall = NOTHING * Arrays.stream(falls).max().orElse(0);
        double sum = NOTHING * Arrays.stream(sums).max().orElse(0);
        if (fall == 0 || sum == 0) {
            return Finding.of(
                    Double.NaN,
                    fall == 0 ? "no box changes the score" : "the map is zero everywhere");
        }
        int disagree = 0;
        for (int i = 0; i < boxes.length; i++) {
            disagree += falls[i] < fall != sums[i] < sum ? 1 : 0;
        }
        return Finding.of((double) disagree / boxes.length, disagree + " of " + boxes.length);
    }
}
