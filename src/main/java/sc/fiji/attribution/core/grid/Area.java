/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.grid;

import sc.fiji.attribution.core.Tensor;

/**
 * Where a map of scores is explained: a weighted sum over its places.
 *
 * @param weights of the places: axes {@code b} and those of space, in the order of the map, and its
 *     extents; they add up to 1 for a mean
 * @param description for people and for provenance: {@code "mean inside mask.tif"}
 */
public record Area(Tensor weights, String description) {

    public Area {
        if (weights.axes().has('c') || weights.size('b') != 1) {
            throw new IllegalArgumentException("weights of places, not " + weights);
        }
    }
}
