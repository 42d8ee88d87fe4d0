/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.ArrayList;
import java.util.List;
import sc.fiji.attribution.method.evaluation.Finding;

/** Scores along a removal, from 0 to all features. */
final class Curve {

    private Curve() {}

    /**
     * @param scores after each change
     * @param insert whether the curve begins at the reference
     */
    static Finding of(Removal removal, double[] scores, boolean insert) {
        double image = removal.ofInput();
        double reference = removal.ofReference();
        if (image == reference) {
            return Finding.of(Double.NaN, "image and reference have the same score");
        }
        // By the size of the difference: what is argued for is good where the image scores less,
        // too.
        double whole = Math.abs(image - reference);
        List<Double> curve = new ArrayList<>();
        curve.add(insert ? 0.0 : (image - reference) / whole);
        for (double score : scores) {
            curve.add((score - reference) / whole);
        }
        return new Finding(area(curve), "", curve);
    }

    /** By trapezoids over a range of length 1. */
    static double area(List<Double> curve) {
        double area = 0;
        for (int i = 1; i < curve.size(); i++) {
            area += (curve.get(i - 1) + curve.get(i)) / 2;
        }
        return area / (curve.size() - 1);
    }
}
