/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import sc.fiji.attribution.method.space.Space;

/**
 * A box of voxels on the model's grid, in some of the channels.
 *
 * @param from first position along each axis of space, in the order of the input's axes
 * @param to first position behind the box
 * @param group what is replaced in it, as a number: its channels, of a {@link ChannelGroups}, or
 *     the region that it encloses
 */
public record Box(int[] from, int[] to, int group) {

    /** Positions in it. */
    public long volume() {
        long volume = 1;
        for (int a = 0; a < from.length; a++) {
            volume *= to[a] - from[a];
        }
        return volume;
    }

    /** Calls back with each of its positions; see {@link Space}. */
    void forEach(Space space, IntConsumer each) {
        any(
                space,
                position -> {
                    each.accept(position);
                    return false;
                });
    }

    /** Whether that holds for any of its positions. */
    boolean any(Space space, IntPredicate holds) {
        return any(space, 0, 0, holds);
    }

    private boolean any(Space space, int axis, int before, IntPredicate holds) {
        if (axis == from.length) {
            return holds.test(before);
        }
        for (int i = from[axis]; i < to[axis]; i++) {
            if (any(space, axis + 1, before * space.extents()[axis] + i, holds)) {
                return true;
            }
        }
        return false;
    }
}
