/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import sc.fiji.attribution.method.Space;

/**
 * A box of voxels on the model's grid, in some of the channels.
 *
 * @param from first position along each axis of space, in the order of the input's axes
 * @param to first position behind the box
 * @param group the channels, as a number of a {@link ChannelGroups}
 */
record Box(int[] from, int[] to, int group) {

    /** Calls back with each of its positions; see {@link Space}. */
    void forEach(Space space, java.util.function.IntConsumer position) {
        visit(space, 0, 0, position);
    }

    private void visit(Space space, int axis, int before, java.util.function.IntConsumer each) {
        if (axis == from.length) {
            each.accept(before);
            return;
        }
        for (int i = from[axis]; i < to[axis]; i++) {
            visit(space, axis + 1, before * space.extents()[axis] + i, each);
        }
    }
}
