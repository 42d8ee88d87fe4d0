/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

/** What the values of a map are, which decides how it is carried to a grid of other voxels. */
public enum Quantity {
    /** An amount in each voxel, such as a share of the score: the total is kept. */
    AMOUNT,
    /** A value at a place, such as the effect of a box around it: it is interpolated. */
    LEVEL
}
