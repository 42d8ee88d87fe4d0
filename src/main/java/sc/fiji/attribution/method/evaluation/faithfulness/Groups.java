/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.Arrays;

/** Parts of an order. */
final class Groups {

    private Groups() {}

    /** Runs of that many, in the order; the last one may be shorter. */
    static int[][] of(int[] order, int size) {
        int[][] groups = new int[(order.length + size - 1) / size][];
        Arrays.setAll(
                groups,
                i -> Arrays.copyOfRange(order, i * size, Math.min(order.length, (i + 1) * size)));
        return groups;
    }
}
