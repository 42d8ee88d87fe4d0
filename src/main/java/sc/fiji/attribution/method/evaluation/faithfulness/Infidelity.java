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
 * How far the map is off as a linear model of what removing a box does: the mean of (f(x) − f(x −
 * I) − Σ a·I)² over boxes, for a map in units of the score per input unit; of a map of amounts a·I
 * is the amount itself. Divided by the mean of (f(x) − f(x − I))², so that 1 is what a map of zeros
 * gets. Yeh et al. 2019, with the boxes of their image experiments, each removed alone and once.
 */
@MetaInfServices(Metric.class)
public final class Infidelity extends FaithfulnessMetric {

    public Infidelity() {
        super(
                "Infidelity",
                "How far the attribution of boxes is from what removing them takes; 1 for zeros.",
                "Yeh et al. 2019, NeurIPS",
                0,
                Double.POSITIVE_INFINITY,
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
        double[] values = removal.values();
        double[] falls = removal.fallsOfTiles(size, progress);
        double squares = 0;
        double products = 0;
        double ofMap = 0;
        for (int i = 0; i < boxes.length; i++) {
            double sum = Arrays.stream(boxes[i]).mapToDouble(f -> values[f]).sum();
            squares += falls[i] * falls[i];
            products += falls[i] * sum;
            ofMap += sum * sum;
        }
        if (squares == 0) {
            return Finding.of(Double.NaN, "no box changes the score");
        }
        // The paper's optimal scale, since maps differ in unit.
        double error = ofMap == 0 ? squares : squares - products * products / ofMap;
        return Finding.of(error / squares);
    }
}
