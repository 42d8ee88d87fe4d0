/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.network;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Convolutions whose channels are in groups that do not meet. Of volumes TensorFlow has none, and
 * one convolution for each of a thousand groups takes longer to open than to run. So small groups
 * are taken together: a block of them is one convolution, as wide as the kernels ask for anyway,
 * whose filter has zeros where groups do not meet.
 */
public final class Groups {

    /** Channels of a block; fewer are hardly faster. */
    private static final int WIDTH = 32;

    private Groups() {}

    /** Groups in a block, of which there is a whole number. */
    public static int together(int channels, int groups) {
        int most = Math.max(1, WIDTH / Math.max(1, channels));
        return IntStream.rangeClosed(1, Math.min(most, groups))
                .filter(each -> groups % each == 0)
                .max()
                .orElse(1);
    }

    /**
     * Block by block.
     *
     * @param x [batch, space…, channels]
     * @param filter of this shape: [window…, n, groups · m], where n and m are of one group
     * @param one the convolution of a block, of a single group
     */
    public static Output convolve(
            Ops g, Output x, Output filter, int[] shape, int groups, BinaryOperator<Output> one) {
        if (groups == 1) {
            return one.apply(x, filter);
        }
        int axis = shape.length - 1;
        int each = together(shape[axis - 1], groups);
        int blocks = groups / each;
        List<Output> filters = filters(g, filter, shape, blocks, each);
        if (blocks == 1) {
            return one.apply(x, filters.get(0));
        }
        Output images = g.emit("Split", List.of(g.scalar(axis), x), "num_split", blocks);
        List<Output> parts = new ArrayList<>();
        for (int i = 0; i < blocks; i++) {
            parts.add(one.apply(new Output(images.node(), i), filters.get(i)));
        }
        parts.add(g.scalar(axis));
        return g.emit("ConcatV2", parts, "N", blocks);
    }

    /** Of each block: [window…, each · n, each · m], with zeros where groups do not meet. */
    private static List<Output> filters(Ops g, Output filter, int[] shape, int blocks, int each) {
        int space = shape.length - 2;
        int n = shape[space];
        int m = shape[space + 1] / (blocks * each);
        Output apart = g.reshape(filter, extents(g, shape, 0, n, blocks, each, m));
        int[] order = IntStream.range(0, space + 4).toArray();
        // [window…, n, block, each, m] to [block, window…, n, each, m]
        System.arraycopy(order, 0, order, 1, space + 1);
        order[0] = space + 1;
        Output byBlock = g.emit("Transpose", apart, g.vector(order));
        Output wide = g.reshape(byBlock, extents(g, shape, blocks, 1, n, each, m));
        if (each > 1) {
            Output same = g.reshape(identity(g, each), g.vector(each, 1, each, 1));
            wide = g.mul(wide, g.cast(same, g.type(filter)));
        }
        Output whole = g.reshape(wide, extents(g, shape, blocks, each * n, each * m));
        Output all = g.emit("Unpack", List.of(whole), "num", blocks, "axis", 0);
        return IntStream.range(0, blocks).mapToObj(i -> new Output(all.node(), i)).toList();
    }

    private static Output identity(Ops g, int extent) {
        return g.constant(
                DataType.DT_FLOAT,
                extent * extent * Float.BYTES,
                bytes -> {
                    for (int i = 0; i < extent; i++) {
                        bytes.putFloat(i * (extent + 1) * Float.BYTES, 1);
                    }
                },
                extent,
                extent);
    }

    /** [first, window…, channels…], the first one where there is one. */
    private static Output extents(Ops g, int[] filter, int first, int... channels) {
        IntStream.Builder extents = IntStream.builder();
        if (first > 0) {
            extents.add(first);
        }
        IntStream.range(0, filter.length - 2).forEach(axis -> extents.add(filter[axis]));
        IntStream.of(channels).forEach(extents::add);
        return g.vector(extents.build().toArray());
    }
}
