/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import java.util.List;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Trait;

/** What max poolings in 2-D and 3-D have in common. */
public final class MaxPooling {

    private MaxPooling() {}

    public static boolean isOne(Node node) {
        return node.is(Trait.POOL) && node.is(Trait.MAXIMUM);
    }

    /** Whether no element is in two of its windows. */
    public static boolean isOfTiles(Node pool) {
        long[] extents = pool.list("ksize");
        long[] strides = pool.list("strides");
        boolean tiles = !pool.text("padding").equals("EXPLICIT");
        for (int i = 0; i < extents.length; i++) {
            tiles &= strides[i] >= extents[i];
        }
        return tiles;
    }

    /** The means over its windows, those of another tensor of the same shape. */
    public static Output average(Ops g, Node pool, Output x) {
        return g.emit(
                pool.op().replace("Max", "Avg"),
                List.of(x),
                pool.copy("ksize", "strides", "padding", "data_format"));
    }
}
