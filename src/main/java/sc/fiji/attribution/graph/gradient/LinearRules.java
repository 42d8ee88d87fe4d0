/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import static sc.fiji.attribution.graph.ir.Op.op;
import static sc.fiji.attribution.graph.ir.Rule.both;
import static sc.fiji.attribution.graph.ir.Rule.first;
import static sc.fiji.attribution.graph.ir.Trait.BIAS;
import static sc.fiji.attribution.graph.ir.Trait.CONVOLUTION;
import static sc.fiji.attribution.graph.ir.Trait.NORMALISATION;
import static sc.fiji.attribution.graph.ir.Trait.TRANSPOSED;
import static sc.fiji.attribution.graph.ir.Trait.WEIGHTED_SUM;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Op;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Rule;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;
import sc.fiji.attribution.graph.ir.ValueRange;

/** Gradients of convolutions, matrix products and normalisation with fixed statistics. */
@MetaInfServices(Op.Family.class)
public final class LinearRules implements Op.Family {

    private static final String[] CONV2D = {
        "strides", "padding", "explicit_paddings", "dilations", "data_format", "use_cudnn_on_gpu"
    };
    private static final String[] CONV3D = {"strides", "padding", "dilations", "data_format"};
    private static final String[] DEPTHWISE = {
        "strides", "padding", "explicit_paddings", "dilations", "data_format"
    };

    private static final Rule INFERENCE = first(LinearRules::batchNorm);

    private static final List<Op> OPS =
            List.of(
                    op("Conv2D", convolution2D(), CONVOLUTION),
                    op("Conv3D", convolution3D(), CONVOLUTION),
                    op(
                            "DepthwiseConv2dNative",
                            forwardWhereBetter(
                                    convolution(
                                            "DepthwiseConv2dNativeBackpropInput",
                                            "DepthwiseConv2dNativeBackpropFilter",
                                            DEPTHWISE)),
                            CONVOLUTION),
                    op(
                            "Conv2DBackpropInput",
                            transposed("Conv2D", "Conv2DBackpropFilter", CONV2D),
                            CONVOLUTION,
                            TRANSPOSED),
                    op(
                            "Conv3DBackpropInputV2",
                            transposed("Conv3D", "Conv3DBackpropFilterV2", CONV3D),
                            CONVOLUTION,
                            TRANSPOSED),
                    op("MatMul", matMul("MatMul", "transpose_a", "transpose_b"), WEIGHTED_SUM),
                    op("BatchMatMul", matMul("BatchMatMul", "adj_x", "adj_y"), WEIGHTED_SUM),
                    op("BatchMatMulV2", batchMatMul(), WEIGHTED_SUM),
                    op("BatchMatMulV3", batchMatMul(), WEIGHTED_SUM),
                    op("Einsum", EinsumRule::pullback, WEIGHTED_SUM),
                    op("BiasAdd", both((g, n, dy) -> dy, LinearRules::bias), BIAS),
                    op(
                            "BiasAddV1",
                            both((g, n, dy) -> dy, (g, n, dy) -> g.emit("BiasAddGrad", dy)),
                            BIAS),
                    op("FusedBatchNorm", LinearRules::normalisation, NORMALISATION),
                    op("FusedBatchNormV2", LinearRules::normalisation, NORMALISATION),
                    op("FusedBatchNormV3", LinearRules::normalisation, NORMALISATION));

    @Override
    public List<Op> ops() {
        return OPS;
    }

    /** y = x ⋆ w: the input takes the transposed convolution of dy, the filter a correlation. */
    private static Rule convolution(String toInput, String toFilter, String... attributes) {
        return both(
                (g, n, dy) ->
                        g.emit(toInput, List.of(g.shape(n.in(0)), n.in(1), dy), n.copy(attributes)),
                (g, n, dy) ->
                        g.emit(
                                toFilter,
                                List.of(n.in(0), g.shape(n.in(1)), dy),
                                n.copy(attributes)));
    }

    private static Rule convolution2D() {
        return forwardWhereBetter(
                convolution("Conv2DBackpropInput", "Conv2DBackpropFilter", CONV2D));
    }

    private static Rule convolution3D() {
        Rule plain =
                forwardWhereBetter(
                        convolution("Conv3DBackpropInputV2", "Conv3DBackpropFilterV2", CONV3D));
        return (g, n, input, dy) ->
                input == 0 && NarrowConv3DRule.applies(g, n)
                        ? NarrowConv3DRule.pullback(g, n, dy.get(0))
                        : plain.pullback(g, n, input, dy);
    }

    private static Rule forwardWhereBetter(Rule plain) {
        return (g, n, input, dy) -> {
            if (input == 0 && ForwardKernelRule.applies(g, n)) {
                return ForwardKernelRule.pullback(g, n, dy.get(0));
            }
            return input == 0 && NarrowStridedRule.applies(g, n)
                    ? NarrowStridedRule.pullback(g, n, dy.get(0))
                    : plain.pullback(g, n, input, dy);
        };
    }

    /** A transposed convolution (sizes, filter, x): its input gradient is the convolution. */
    private static Rule transposed(String convolution, String toFilter, String... attributes) {
        return (g, n, input, dy) ->
                switch (input) {
                    case 1 ->
                            g.emit(
                                    toFilter,
                                    List.of(dy.get(0), g.shape(n.in(1)), n.in(2)),
                                    n.copy(attributes));
                    case 2 -> g.emit(convolution, List.of(dy.get(0), n.in(1)), n.copy(attributes));
                    default -> null;
                };
    }

    /** y = op(a)·op(b) with either matrix transposed. */
    private static Rule matMul(String op, String transposeA, String transposeB) {
        return both(
                (g, n, dy) -> {
                    boolean a = n.flag(transposeA);
                    boolean b = n.flag(transposeB);
                    return a
                            ? g.emit(op, List.of(n.in(1), dy), transposeA, b, transposeB, true)
                            : g.emit(op, List.of(dy, n.in(1)), transposeA, false, transposeB, !b);
                },
                (g, n, dy) -> {
                    boolean a = n.flag(transposeA);
                    boolean b = n.flag(transposeB);
                    return b
                            ? g.emit(op, List.of(dy, n.in(0)), transposeA, true, transposeB, a)
                            : g.emit(op, List.of(n.in(0), dy), transposeA, !a, transposeB, false);
                });
    }

    /** As {@link #matMul}, with leading axes that broadcast. */
    private static Rule batchMatMul() {
        Rule plain = matMul("BatchMatMulV2", "adj_x", "adj_y");
        return (g, n, input, dy) -> {
            Output full = plain.pullback(g, n, input, dy);
            Output batch = leading(g, n.in(input));
            Output other = leading(g, n.in(1 - input));
            Output axes = g.emit("BroadcastGradientArgs", batch, other);
            return g.reshapeLike(g.sum(full, axes), n.in(input));
        };
    }

    /** The shape without the last two axes. */
    private static Output leading(Ops g, Output x) {
        Output shape = g.shape(x);
        Output end = g.reshape(g.sub(g.rank(x), g.scalar(2)), g.vector(1));
        return g.emit("Slice", shape, g.vector(0), end);
    }

    private static Output bias(Ops g, Node n, Output dy) {
        return g.emit("BiasAddGrad", List.of(dy), n.copy("data_format"));
    }

    private static Output normalisation(Ops g, Node n, int input, List<Output> dy) {
        if (!n.flag("is_training")) {
            return INFERENCE.pullback(g, n, input, dy);
        }
        // Scale and offset are as many ones and zeros as the image's shape asks for.
        return input == 0 ? instanceNorm(g, n, dy.get(0)) : null;
    }

    /** Inference: y = (x − mean)·scale/√(variance + ε) + offset, per channel. */
    private static Output batchNorm(Ops g, Node n, Output dy) {
        Output variance = n.in(4);
        Output epsilon = g.scalar(n.attr("epsilon").getF(), variance);
        Output factor = g.mul(n.in(1), g.emit("Rsqrt", g.add(variance, epsilon)));
        if (n.channelsFirst()) {
            // [C] → [C, 1, 1] or [C, 1, 1, 1], which broadcasts against NCHW and NCDHW.
            int spatial = n.text("data_format").length() - 2;
            int[] shape = new int[spatial + 1];
            Arrays.fill(shape, 1);
            shape[0] = -1;
            factor = g.reshape(factor, g.vector(shape));
        }
        return g.mul(dy, g.cast(factor, g.type(dy)));
    }

    /**
     * Statistics of the values themselves. Keras 2 writes layer normalisation so: each position of
     * each image is a channel, of scale 1, and the real scale follows. A learnt scale means that
     * batch normalisation was left in training, where images change each other's scores.
     */
    private static Output instanceNorm(Ops g, Node n, Output dy) {
        requireUnitScale(g, n);
        List<Output> inputs = new ArrayList<>(List.of(dy, n.in(0), n.in(1), n.out(3), n.out(4)));
        String op = n.op().replace("Norm", "NormGrad");
        if (op.endsWith("V3")) {
            inputs.add(n.out(5));
        }
        return g.emit(op, inputs, n.copy("epsilon", "data_format", "is_training"));
    }

    /**
     * @throws UnsupportedOpException where a normalisation by its own statistics has a scale that
     *     is not 1
     */
    public static void requireUnitScale(Ops g, Node n) {
        boolean plain =
                new ValueRange.Finder(g.graph()).value(n.in(1)).filter(one -> one == 1).isPresent();
        if (!plain) {
            throw new UnsupportedOpException(
                    n, "it normalises by the batch (is_training), export the model for inference");
        }
    }
}
