/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph;

import static sc.fiji.attribution.graph.Inputs.exactly;
import static sc.fiji.attribution.graph.Inputs.fixed;
import static sc.fiji.attribution.graph.Inputs.ints;
import static sc.fiji.attribution.graph.Inputs.positive;
import static sc.fiji.attribution.graph.Inputs.x;
import static sc.fiji.attribution.graph.OpCase.op;
import static sc.fiji.attribution.graph.ir.Ops.list;

import java.util.List;
import java.util.stream.Stream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;

/** Cases of convolutions, matrix products and normalisation. */
public final class LinearCases {

    private LinearCases() {}

    public static Stream<OpCase> all() {
        return Stream.of(convolutions2D(), convolutions3D(), products(), channels())
                .flatMap(List::stream);
    }

    private static List<OpCase> convolutions2D() {
        AttrValue one = list(1, 1, 1, 1);
        AttrValue two = list(1, 2, 2, 1);
        AttrValue uneven = list(1, 2, 1, 1);
        AttrValue dilated = list(1, 2, 2, 1);
        AttrValue pads = list(0, 0, 2, 1, 0, 1, 0, 0);
        return List.of(
                op("Conv2D", "SAME", x(2, 5, 4, 2), x(3, 3, 2, 3))
                        .with("strides", one, "padding", "SAME"),
                op("Conv2D", "VALID, strides 2 and 1", x(1, 6, 5, 2), x(3, 2, 2, 2))
                        .with("strides", uneven, "padding", "VALID"),
                op("Conv2D", "SAME, stride 2, even and odd sizes", x(1, 6, 5, 1), x(3, 3, 1, 2))
                        .with("strides", two, "padding", "SAME"),
                op("Conv2D", "VALID, stride 2, one channel", x(1, 8, 7, 1), x(3, 4, 1, 2))
                        .with("strides", two, "padding", "VALID"),
                op("Conv2D", "explicit padding, stride 2", x(1, 7, 6, 1), x(3, 4, 1, 2))
                        .with("strides", two, "padding", "EXPLICIT", "explicit_paddings", pads),
                op("Conv2D", "1×1 with stride 2", x(1, 5, 4, 2), x(1, 1, 2, 2))
                        .with("strides", two, "padding", "VALID"),
                op("Conv2D", "explicit padding", x(1, 4, 4, 2), x(3, 3, 2, 2))
                        .with("strides", one, "padding", "EXPLICIT", "explicit_paddings", pads),
                op("Conv2D", "grouped, filter too (oneDNN)", x(1, 4, 4, 4), x(3, 3, 2, 4))
                        .with("strides", one, "padding", "SAME")
                        .inFloat(1, 1e-5),
                op("Conv2D", "SAME, dilated", x(1, 6, 6, 2), fixed(x(3, 3, 2, 3)))
                        .with("strides", one, "padding", "SAME", "dilations", dilated),
                op("Conv2D", "SAME, dilated, even window", x(1, 6, 5, 1), fixed(x(2, 4, 1, 2)))
                        .with("strides", one, "padding", "SAME", "dilations", dilated),
                op("Conv2D", "VALID, dilated 2 and 1", x(2, 6, 5, 2), fixed(x(2, 3, 2, 2)))
                        .with("strides", one, "padding", "VALID", "dilations", uneven),
                op("Conv2D", "explicit padding, dilated", x(1, 6, 5, 1), fixed(x(2, 3, 1, 2)))
                        .with("strides", one, "padding", "EXPLICIT", "explicit_paddings", pads)
                        .with("dilations", dilated),
                op("Conv2D", "grouped, dilated", x(1, 5, 5, 4), fixed(x(3, 3, 2, 6)))
                        .with("strides", one, "padding", "SAME", "dilations", dilated),
                op("Conv2D", "dilated, filter too (oneDNN)", x(1, 6, 6, 2), x(3, 3, 2, 2))
                        .with("strides", one, "padding", "SAME", "dilations", dilated)
                        .inFloat(1, 1e-5),
                op("Conv2D", "channels first (oneDNN)", x(1, 2, 5, 4), x(3, 3, 2, 2))
                        .with("strides", list(1, 1, 2, 1), "padding", "SAME")
                        .with("data_format", "NCHW")
                        .inFloat(1, 1e-5),
                op("DepthwiseConv2dNative", "SAME", x(2, 4, 5, 2), x(3, 3, 2, 2))
                        .with("strides", one, "padding", "SAME"),
                op("DepthwiseConv2dNative", "VALID, stride 2", x(1, 6, 5, 2), x(3, 2, 2, 1))
                        .with("strides", two, "padding", "VALID"),
                op("DepthwiseConv2dNative", "explicit padding", x(1, 4, 4, 2), x(3, 3, 2, 2))
                        .with("strides", one, "padding", "EXPLICIT", "explicit_paddings", pads),
                op(
                                "Conv2DBackpropInput",
                                "SAME, stride 2",
                                ints(2, 6, 5, 2),
                                x(3, 3, 2, 3),
                                x(2, 3, 3, 3))
                        .with("strides", two, "padding", "SAME"),
                op("Conv2DBackpropInput", "VALID", ints(1, 5, 6, 2), x(2, 3, 2, 1), x(1, 4, 4, 1))
                        .with("strides", one, "padding", "VALID"));
    }

    private static List<OpCase> convolutions3D() {
        AttrValue one = list(1, 1, 1, 1, 1);
        AttrValue two = list(1, 2, 2, 2, 1);
        AttrValue uneven = list(1, 1, 2, 3, 1);
        return List.of(
                op("Conv3D", "SAME", x(1, 3, 4, 3, 2), x(3, 3, 3, 2, 2))
                        .with("strides", one, "padding", "SAME"),
                op("Conv3D", "VALID, strides 1, 2, 3", x(1, 3, 5, 5, 1), x(2, 2, 2, 1, 2))
                        .with("strides", uneven, "padding", "VALID"),
                op(
                                "Conv3D",
                                "SAME, stride 2, odd and even sizes",
                                x(2, 3, 4, 5, 1),
                                x(3, 2, 3, 1, 2))
                        .with("strides", two, "padding", "SAME"),
                op("Conv3D", "1×1×1", x(1, 2, 2, 3, 3), x(1, 1, 1, 3, 2))
                        .with("strides", one, "padding", "VALID"),
                op("Conv3D", "dilated (oneDNN)", x(1, 5, 5, 5, 1), x(3, 3, 3, 1, 1))
                        .with("strides", one, "padding", "SAME", "dilations", two)
                        .inFloat(1, 1e-5),
                op("Conv3D", "channels first (oneDNN)", x(1, 2, 3, 4, 3), x(3, 3, 3, 2, 2))
                        .with("strides", list(1, 1, 1, 2, 1), "padding", "SAME")
                        .with("data_format", "NCDHW")
                        .inFloat(1, 1e-5),
                op(
                                "Conv3DBackpropInputV2",
                                "SAME, stride 2",
                                ints(1, 4, 3, 5, 1),
                                x(2, 3, 3, 1, 2),
                                x(1, 2, 2, 3, 2))
                        .with("strides", two, "padding", "SAME"),
                op(
                                "Conv3DBackpropInputV2",
                                "VALID",
                                ints(2, 3, 3, 4, 2),
                                x(2, 2, 2, 2, 1),
                                x(2, 2, 2, 3, 1))
                        .with("strides", one, "padding", "VALID"));
    }

    private static List<OpCase> products() {
        return List.of(
                op("MatMul", "a·b", x(2, 3), x(3, 4)),
                op("MatMul", "aᵀ·b", x(3, 2), x(3, 4)).with("transpose_a", true),
                op("MatMul", "a·bᵀ", x(2, 3), x(4, 3)).with("transpose_b", true),
                op("MatMul", "aᵀ·bᵀ", x(3, 2), x(4, 3))
                        .with("transpose_a", true, "transpose_b", true),
                op("BatchMatMul", "a·b", x(2, 2, 3), x(2, 3, 4)),
                op("BatchMatMul", "aᵀ·b", x(2, 3, 2), x(2, 3, 4)).with("adj_x", true),
                op("BatchMatMul", "a·bᵀ", x(2, 2, 3), x(2, 4, 3)).with("adj_y", true),
                op("BatchMatMul", "aᵀ·bᵀ", x(2, 3, 2), x(2, 4, 3))
                        .with("adj_x", true, "adj_y", true),
                op("BatchMatMulV2", "a·b", x(2, 2, 3), x(2, 3, 4)),
                op("BatchMatMulV2", "aᵀ·b, b without batch", x(2, 3, 2), x(3, 4))
                        .with("adj_x", true),
                op("BatchMatMulV2", "a·bᵀ, a without batch", x(2, 3), x(3, 4, 3))
                        .with("adj_y", true),
                op("BatchMatMulV2", "aᵀ·bᵀ, batch axes of size 1", x(2, 1, 3, 2), x(1, 3, 2, 3))
                        .with("adj_x", true, "adj_y", true),
                op("BatchMatMulV2", "batch axes of size 1 in one", x(1, 2, 3), x(3, 2, 3, 1)),
                op("BatchMatMulV2", "plain matrices", x(2, 3), x(3, 2)),
                op("BatchMatMulV3", "a·b", x(2, 2, 3), x(3, 4))
                        .with("Tout", DataType.DT_FLOAT)
                        .inFloat(1, 1e-5),
                op("Einsum", "dense layer", x(2, 3, 4), x(4, 2)).with("equation", "abc,cd->abd"),
                op("Einsum", "attention scores", x(1, 3, 2, 2), x(1, 4, 2, 2))
                        .with("equation", "aecd,abcd->acbe"),
                op("Einsum", "outer product", x(2), x(3)).with("equation", "i,j->ij"),
                op("Einsum", "total", x(2, 3), x(2, 3)).with("equation", "ij,ij->"),
                op("Einsum", "transposition", x(2, 3)).with("equation", "ij->ji"),
                op("Einsum", "sum over axes", x(2, 3, 2)).with("equation", "abc->b"),
                op("Einsum", "an axis of one operand only", x(2, 3), x(3, 4))
                        .with("equation", "ab,bc->a"),
                op("Einsum", "ellipsis", x(2, 3, 4), fixed(x(4, 2)))
                        .with("equation", "...c,cd->...d"),
                op("Einsum", "ellipsis, broadcast", x(1, 3, 2), x(2, 2, 4))
                        .with("equation", "...ab,...bc->...ac"));
    }

    private static List<OpCase> channels() {
        return List.of(
                op("BiasAdd", "channels last", x(2, 3, 2, 3), x(3)),
                op("BiasAdd", "of vectors", x(2, 3), x(3)),
                op("BiasAdd", "channels last, five axes", x(2, 2, 2, 2, 3), x(3)),
                op("BiasAddV1", "channels last", x(2, 2, 3), x(3)),
                op("BiasAdd", "channels first", x(2, 3, 2, 2), x(3)).with("data_format", "NCHW"),
                op("BiasAdd", "channels first, five axes", x(2, 3, 2, 2, 1), x(3))
                        .with("data_format", "NCHW"),
                norm("FusedBatchNorm", "inference", "NHWC", 2, 3, 2, 3),
                norm("FusedBatchNormV2", "inference", "NHWC", 2, 3, 2, 3),
                norm("FusedBatchNormV3", "inference", "NHWC", 2, 3, 2, 3),
                norm("FusedBatchNorm", "channels first", "NCHW", 2, 3, 2, 2),
                norm("FusedBatchNormV3", "channels first", "NCHW", 2, 3, 2, 2),
                norm("FusedBatchNormV3", "channels last, five axes", "NDHWC", 1, 2, 2, 2, 3),
                layerNorm("FusedBatchNorm", "NHWC", 1, 4, 1, 3),
                layerNorm("FusedBatchNormV2", "NHWC", 1, 2, 2, 3),
                layerNorm("FusedBatchNormV3", "NHWC", 2, 2, 1, 3),
                layerNorm("FusedBatchNormV3", "NCHW", 1, 3, 4, 1));
    }

    /** As Keras 2 writes it: what is normalised together is a channel. */
    private static OpCase layerNorm(String op, String format, long... shape) {
        OpCase.Input ones = fixed(exactly(new long[] {3}, 1, 1, 1));
        OpCase.Input zeros = fixed(exactly(new long[] {3}, 0, 0, 0));
        OpCase.Input none = fixed(exactly(new long[] {0}));
        return op(op, "of the values themselves, " + format, x(shape), ones, zeros, none, none)
                .with("is_training", true, "epsilon", 0.01f, "data_format", format)
                .inFloat(1e-2, 1e-3)
                .firstOutputOnly();
    }

    private static OpCase norm(String op, String variant, String format, long... shape) {
        OpCase.Input scale = fixed(positive(3));
        OpCase.Input variance = fixed(positive(3));
        return op(op, variant, x(shape), scale, fixed(x(3)), fixed(x(3)), variance)
                .with("is_training", false, "epsilon", 0.01f, "data_format", format)
                .inFloat(1, 1e-5)
                .firstOutputOnly();
    }
}
