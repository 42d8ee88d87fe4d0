/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.verdict;

import java.util.Map;
import sc.fiji.attribution.method.evaluation.Interval;

/**
 * How a method does beside others.
 *
 * @param method its name
 * @param overall its rank over the families that judge
 * @param families its rank by family of metrics
 * @param metrics its rank by metric
 * @param perImage the overall rank in each image
 * @param wins against maps that know nothing
 */
public record Standing(
        String method,
        Rank overall,
        Map<String, Rank> families,
        Map<String, Rank> metrics,
        double[] perImage,
        Wins wins) {

    /**
     * A mean rank over images, 1 is the best.
     *
     * @param mean NaN where nothing ranks
     * @param interval within 1 and the number of methods
     */
    public record Rank(double mean, Interval interval) {}

    /**
     * @param judged figures that judge it, over all images
     * @param random in how many of them it is better than random maps
     * @param edges and better than the image's edges
     */
    public record Wins(int judged, int random, int edges) {}
}
