/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static java.util.Map.entry;
import static sc.fiji.attribution.graph.Rule.first;

import java.util.List;
import java.util.Map;

/** Gradients of pooling, local response normalisation and resizing. */
final class PoolRules {

    private static final String[] POOL = {"ksize", "strides", "padding", "data_format"};

    static final Map<String, Rule> TABLE =
            Map.ofEntries(
                    entry(
                            "MaxPool",
                            first(
                                    (g, n, dy) ->
                                            g.emit(
                                                    "MaxPoolGrad",
                                                    List.of(n.in(0), n.out(), dy),
                                                    n.copy(
                                                            "ksize",
                                                            "strides",
                                                            "padding",
                                                            "explicit_paddings",
                                                            "data_format")))),
                    entry("MaxPool3D", first(MaxPool3DRule::pullback)),
                    entry("AvgPool", first((g, n, dy) -> average("AvgPoolGrad", g, n, dy))),
                    entry("AvgPool3D", first((g, n, dy) -> average("AvgPool3DGrad", g, n, dy))),
                    entry(
                            "LRN",
                            first(
                                    (g, n, dy) ->
                                            g.emit(
                                                    "LRNGrad",
                                                    List.of(dy, n.in(0), n.out()),
                                                    n.copy(
                                                            "depth_radius",
                                                            "bias",
                                                            "alpha",
                                                            "beta")))),
                    entry(
                            "ResizeBilinear",
                            first((g, n, dy) -> resize("ResizeBilinearGrad", g, n, dy))),
                    entry(
                            "ResizeBicubic",
                            first((g, n, dy) -> resize("ResizeBicubicGrad", g, n, dy))),
                    entry("ResizeNearestNeighbor", first(PoolRules::nearest)));

    private PoolRules() {}

    private static Output average(String op, Ops g, Node n, Output dy) {
        return g.emit(op, List.of(g.shape(n.in(0)), dy), n.copy(POOL));
    }

    private static Output resize(String op, Ops g, Node n, Output dy) {
        Output gradient =
                g.emit(
                        op,
                        List.of(
                                g.cast(dy, org.tensorflow.proto.DataType.DT_FLOAT),
                                g.cast(n.in(0), org.tensorflow.proto.DataType.DT_FLOAT)),
                        n.copy("align_corners", "half_pixel_centers"));
        return g.cast(gradient, g.type(n.in(0)));
    }

    private static Output nearest(Ops g, Node n, Output dy) {
        Output size = g.slice(g.shape(n.in(0)), 1, 2);
        return g.emit(
                "ResizeNearestNeighborGrad",
                List.of(dy, size),
                n.copy("align_corners", "half_pixel_centers"));
    }
}
