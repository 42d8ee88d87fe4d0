/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.List;

/**
 * What a metric found.
 *
 * @param value in the range that its declaration states; NaN where it is not defined
 * @param detail what belongs to it, such as the threshold of the best overlap; may be empty
 * @param curve what the value sums up, such as the score after each removal; may be empty
 * @param places what was changed at each point of the curve, such as a layer; empty where the
 *     points are equal steps from nothing to all
 */
public record Finding(double value, String detail, List<Double> curve, List<String> places) {

    public Finding {
        curve = List.copyOf(curve);
        places = List.copyOf(places);
    }

    /** With a curve of equal steps. */
    public Finding(double value, String detail, List<Double> curve) {
        this(value, detail, curve, List.of());
    }

    /** Another map's, with a curve over the same places. */
    Finding with(double other, List<Double> points) {
        return new Finding(other, "", points, places);
    }

    /** A figure alone. */
    public static Finding of(double value) {
        return new Finding(value, "", List.of());
    }

    /** A figure, and why it is not defined or what else is to be known. */
    public static Finding of(double value, String detail) {
        return new Finding(value, detail, List.of());
    }
}
