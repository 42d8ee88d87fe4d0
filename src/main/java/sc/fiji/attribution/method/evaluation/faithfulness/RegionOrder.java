/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Ranking;
import sc.fiji.attribution.method.evaluation.Trial;

/** Boxes removed in the order of what the map gives them. */
final class RegionOrder {

    private RegionOrder() {}

    static Finding evaluate(Trial trial, boolean mostFirst, Progress progress) {
        Removal removal = new Removal(trial);
        int[][] boxes = Tiles.of(trial.map(), Tiles.size(trial.map(), trial.steps()));
        double[] falls = falls(removal, order(removal, boxes, mostFirst), progress);
        double whole = Math.abs(removal.ofInput() - removal.ofReference());
        if (whole == 0) {
            return Finding.of(Double.NaN, "image and reference have the same score");
        }
        List<Double> curve = new ArrayList<>();
        curve.add(0.0);
        Arrays.stream(falls).forEach(fall -> curve.add(fall / whole));
        return new Finding(Curve.area(curve), "", curve);
    }

    static int[][] order(Removal removal, int[][] boxes, boolean mostFirst) {
        double[] values = removal.values();
        double[] sums =
                Arrays.stream(boxes)
                        .mapToDouble(box -> Arrays.stream(box).mapToDouble(f -> values[f]).sum())
                        .map(sum -> mostFirst ? sum : -sum)
                        .toArray();
        return Arrays.stream(Ranking.descending(sums))
                .mapToObj(i -> boxes[i])
                .toArray(int[][]::new);
    }

    /** f(x) − f after each box, removed boxes stay removed. */
    static double[] falls(Removal removal, int[][] boxes, Progress progress) {
        double whole = removal.ofInput();
        double[] scores = removal.kept(boxes, false, progress);
        return Arrays.stream(scores).map(score -> whole - score).toArray();
    }
}
