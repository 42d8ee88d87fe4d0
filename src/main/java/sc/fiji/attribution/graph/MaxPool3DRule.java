/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import java.util.List;

/**
 * Gradient of {@code MaxPool3D}: dy goes to the first maximum of each window.
 *
 * <p>TensorFlow's own {@code MaxPool3DGrad} is slow on the CPU and, without oneDNN, gives the whole
 * gradient to every element within 1e-5 of the maximum. A maximum over a box is a maximum over its
 * rows and columns followed by one over its planes, so the gradient is that of two 2-D poolings,
 * whose kernel is fast and picks one element.
 */
final class MaxPool3DRule {

    private MaxPool3DRule() {}

    static Output pullback(Ops g, Node n, Output dy) {
        if (n.channelsFirst()) {
            throw new UnsupportedOpException(n, "it is channels-first; export channels-last");
        }
        long[] k = n.list("ksize");
        long[] s = n.list("strides");
        String padding = n.text("padding");
        Output x = n.in(0);
        Output shape = g.shape(x);
        Output batch = g.slice(shape, 0, 1);
        Output depth = g.slice(shape, 1, 1);
        Output height = g.slice(shape, 2, 1);
        Output plane = g.slice(shape, 2, 3);
        Output pooled = g.shape(n.out());
        Output pooledPlane = g.slice(pooled, 2, 3);
        Output channels = g.slice(shape, 4, 1);
        Output pixels = g.emit("Mul", g.slice(pooled, 2, 1), g.slice(pooled, 3, 1));

        Output[] inPlane = {x, null, null};
        Output planes = g.reshape(x, g.concat(g.emit("Mul", batch, depth), plane));
        Object[] planeAttributes = {
            "ksize",
            Ops.list(1, k[2], k[3], 1),
            "strides",
            Ops.list(1, s[2], s[3], 1),
            "padding",
            padding
        };
        Output planeMaxima = g.emit("MaxPool", List.of(planes), planeAttributes);

        Object[] depthAttributes = {
            "ksize", Ops.list(1, k[1], 1, 1), "strides", Ops.list(1, s[1], 1, 1), "padding", padding
        };
        Output columns = g.reshape(planeMaxima, g.concat(batch, depth, pixels, channels));
        Output columnShape = g.concat(batch, g.slice(pooled, 1, 1), pixels, channels);
        Output toColumns =
                g.emit(
                        "MaxPoolGrad",
                        List.of(
                                columns,
                                g.reshape(n.out(), columnShape),
                                g.reshape(dy, columnShape)),
                        depthAttributes);
        Output toPlanes =
                g.emit(
                        "MaxPoolGrad",
                        List.of(planes, planeMaxima, g.reshapeLike(toColumns, planeMaxima)),
                        planeAttributes);
        return g.reshape(toPlanes, shape);
    }
}
