/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import static sc.fiji.attribution.graph.ir.Op.op;
import static sc.fiji.attribution.graph.ir.Rule.first;
import static sc.fiji.attribution.graph.ir.Trait.KEEPS_SIGN;
import static sc.fiji.attribution.graph.ir.Trait.LINEAR;
import static sc.fiji.attribution.graph.ir.Trait.MAXIMUM;
import static sc.fiji.attribution.graph.ir.Trait.MOVES;
import static sc.fiji.attribution.graph.ir.Trait.NONLINEAR;
import static sc.fiji.attribution.graph.ir.Trait.POOL;
import static sc.fiji.attribution.graph.ir.Trait.RESIZES;

import java.util.List;
import org.kohsuke.MetaInfServices;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Op;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** Gradients of pooling, local response normalisation and resizing. */
@MetaInfServices(Op.Family.class)
public final class PoolRules implements Op.Family {

    private static final String[] WINDOW = {"ksize", "strides", "padding", "data_format"};

    private static final List<Op> OPS =
            List.of(
                    op(
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
                                                            "data_format"))),
                            MAXIMUM,
                            POOL,
                            KEEPS_SIGN),
                    op(
                            "MaxPoolV2",
                            first(
                                    (g, n, dy) ->
                                            g.emit(
                                                    "MaxPoolGradV2",
                                                    List.of(n.in(0), n.out(), dy, n.in(1), n.in(2)),
                                                    n.copy("padding", "data_format"))),
                            MAXIMUM,
                            KEEPS_SIGN),
                    op(
                            "MaxPoolWithArgmax",
                            first(
                                    (g, n, dy) ->
                                            g.emit(
                                                    "MaxPoolGrad",
                                                    List.of(n.in(0), n.out(), dy),
                                                    n.copy("ksize", "strides", "padding"))),
                            MAXIMUM,
                            KEEPS_SIGN),
                    op("MaxPool3D", first(MaxPool3DRule::pullback), MAXIMUM, POOL, KEEPS_SIGN),
                    op(
                            "AvgPool",
                            first((g, n, dy) -> average("AvgPoolGrad", g, n, dy)),
                            LINEAR,
                            POOL,
                            KEEPS_SIGN),
                    op(
                            "AvgPool3D",
                            first((g, n, dy) -> average("AvgPool3DGrad", g, n, dy)),
                            LINEAR,
                            POOL,
                            KEEPS_SIGN),
                    op(
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
                                                            "beta"))),
                            NONLINEAR),
                    op(
                            "ResizeBilinear",
                            first((g, n, dy) -> resize("ResizeBilinearGrad", g, n, dy)),
                            RESIZES,
                            KEEPS_SIGN),
                    op(
                            "ResizeBicubic",
                            first((g, n, dy) -> resize("ResizeBicubicGrad", g, n, dy)),
                            RESIZES),
                    op("ResizeNearestNeighbor", first(PoolRules::nearest), MOVES),
                    op("ResizeArea", first(PoolRules::area), RESIZES, KEEPS_SIGN),
                    op("ScaleAndTranslate", first(PoolRules::scale), LINEAR),
                    op("CropAndResize", first(PoolRules::crop), LINEAR));

    @Override
    public List<Op> ops() {
        return OPS;
    }

    private static Output average(String op, Ops g, Node n, Output dy) {
        return g.emit(op, List.of(g.shape(n.in(0)), dy), n.copy(WINDOW));
    }

    private static Output resize(String op, Ops g, Node n, Output dy) {
        Output gradient =
                g.emit(
                        op,
                        List.of(g.cast(dy, DataType.DT_FLOAT), g.cast(n.in(0), DataType.DT_FLOAT)),
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

    /**
     * TensorFlow has no gradient of it. Along each axis it is a matrix, which it shows when it
     * resizes a unit matrix; the gradient is the product with the transposed ones.
     */
    private static Output area(Ops g, Node n, Output dy) {
        Output extents = g.slice(g.shape(n.in(0)), 1, 2);
        Output rows = areaMatrix(g, n, g.slice(extents, 0, 1), g.slice(n.in(1), 0, 1));
        Output columns = areaMatrix(g, n, g.slice(extents, 1, 1), g.slice(n.in(1), 1, 1));
        Output single = g.cast(dy, DataType.DT_FLOAT);
        Output tall = g.emit("Einsum", List.of(single, rows), "equation", "bhwc,hy->bywc");
        Output whole = g.emit("Einsum", List.of(tall, columns), "equation", "bywc,wx->byxc");
        return g.cast(whole, g.type(n.in(0)));
    }

    /** [size, extent]: the weights of each new position along an axis. */
    private static Output areaMatrix(Ops g, Node n, Output extent, Output size) {
        Output count = g.reshape(extent, g.vector());
        Output unit =
                g.emit(
                        "OneHot",
                        g.range(count),
                        count,
                        g.real(1, DataType.DT_FLOAT),
                        g.real(0, DataType.DT_FLOAT));
        Output image = g.reshape(unit, g.concat(g.vector(1), extent, extent, g.vector(1)));
        Output resized =
                g.emit(
                        "ResizeArea",
                        List.of(image, g.concat(size, extent)),
                        n.copy("align_corners"));
        return g.reshape(resized, g.concat(size, extent));
    }

    private static Output scale(Ops g, Node n, Output dy) {
        Output gradient =
                g.emit(
                        "ScaleAndTranslateGrad",
                        List.of(dy, g.cast(n.in(0), DataType.DT_FLOAT), n.in(2), n.in(3)),
                        n.copy("kernel_type", "antialias"));
        return g.cast(gradient, g.type(n.in(0)));
    }

    private static Output crop(Ops g, Node n, Output dy) {
        return g.emit(
                "CropAndResizeGradImage",
                List.of(dy, n.in(1), n.in(2), g.shape(n.in(0))),
                "T",
                g.type(n.in(0)),
                "method",
                n.attr("method"));
    }
}
