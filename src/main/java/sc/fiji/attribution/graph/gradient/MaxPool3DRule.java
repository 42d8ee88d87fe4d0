/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import java.util.List;
import org.tensorflow.proto.AttrValue;
import sc.fiji.attribution.graph.ir.Graph;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/**
 * Gradient of {@code MaxPool3D}: dy goes to the first maximum of each window.
 *
 * <p>TensorFlow's own {@code MaxPool3DGrad} is right where oneDNN runs it together with its
 * pooling; else it is slow, and gives the whole gradient to every element within 1e-5 of the
 * maximum. A maximum over a box is a maximum over its rows and columns followed by one over its
 * planes, so the gradient is that of two 2-D poolings, whose kernel is fast and picks one element.
 */
final class MaxPool3DRule {

    private MaxPool3DRule() {}

    /** Whether oneDNN's kernel will find the pooling that it belongs to. */
    private static boolean isNode(Graph graph, Node n) {
        return graph.has(n.name()) && Graph.inputs(graph.node(n.name())).equals(n.inputs());
    }

    static Output pullback(Ops g, Node n, Output dy) {
        long[] k = n.list("ksize");
        long[] s = n.list("strides");
        if (!n.channelsFirst() && isNode(g.graph(), n) && g.kernels().hasOneDnn()) {
            return g.emit(
                    "MaxPool3DGrad",
                    List.of(n.in(0), n.out(), dy),
                    n.copy("ksize", "strides", "padding"));
        }
        if (!n.channelsFirst()) {
            return pullback(g, n.in(0), n.out(), dy, k, s, n.text("padding"));
        }
        Output last = g.vector(0, 2, 3, 4, 1);
        Output gradient =
                pullback(
                        g,
                        g.emit("Transpose", n.in(0), last),
                        g.emit("Transpose", n.out(), last),
                        g.emit("Transpose", dy, last),
                        new long[] {k[0], k[2], k[3], k[4], k[1]},
                        new long[] {s[0], s[2], s[3], s[4], s[1]},
                        n.text("padding"));
        return g.emit("Transpose", gradient, g.vector(0, 4, 1, 2, 3));
    }

    /** All tensors channels last. */
    private static Output pullback(
            Ops g, Output x, Output y, Output dy, long[] k, long[] s, String padding) {
        Output shape = g.shape(x);
        Output pooled = g.shape(y);
        Output batch = g.slice(shape, 0, 1);
        Output depth = g.slice(shape, 1, 1);
        Output channels = g.slice(shape, 4, 1);
        Output pixels = g.mul(g.slice(pooled, 2, 1), g.slice(pooled, 3, 1));

        Object[] inPlane = pool(Ops.list(1, k[2], k[3], 1), Ops.list(1, s[2], s[3], 1), padding);
        Output planes = g.reshape(x, g.concat(g.mul(batch, depth), g.slice(shape, 2, 3)));
        Output planeMaxima = g.emit("MaxPool", List.of(planes), inPlane);

        Object[] across = pool(Ops.list(1, k[1], 1, 1), Ops.list(1, s[1], 1, 1), padding);
        Output columns = g.reshape(planeMaxima, g.concat(batch, depth, pixels, channels));
        // Not the given output in another shape: the fast gradient kernel wants its own pooling's.
        Output columnMaxima = g.emit("MaxPool", List.of(columns), across);

        Output toColumns =
                g.emit(
                        "MaxPoolGrad",
                        List.of(columns, columnMaxima, g.reshapeLike(dy, columnMaxima)),
                        across);
        Output toPlanes =
                g.emit(
                        "MaxPoolGrad",
                        List.of(planes, planeMaxima, g.reshapeLike(toColumns, planeMaxima)),
                        inPlane);
        return g.reshape(toPlanes, shape);
    }

    private static Object[] pool(AttrValue window, AttrValue strides, String padding) {
        return new Object[] {"ksize", window, "strides", strides, "padding", padding};
    }
}
