/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.Map;

/**
 * How a method does beside others.
 *
 * @param method its name
 * @param rank mean over the families that judge, 1 is the best; NaN where none does
 * @param low of the 95 % interval of the rank over images; NaN for one
 * @param high of that interval
 * @param families mean rank by family of metrics
 * @param perImage the rank in each image
 * @param judged figures that judge it, over all images
 * @param beatsRandom in how many of them it is better than random maps
 * @param beatsEdges and better than the image's edges
 */
public record Standing(
        String method,
        double rank,
        double low,
        double high,
        Map<String, Double> families,
        double[] perImage,
        int judged,
        int beatsRandom,
        int beatsEdges) {}
