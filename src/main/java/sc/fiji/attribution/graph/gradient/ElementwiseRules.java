/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import static java.util.Map.entry;
import static sc.fiji.attribution.graph.gradient.Rule.broadcast;
import static sc.fiji.attribution.graph.gradient.Rule.first;
import static sc.fiji.attribution.graph.gradient.Rule.none;

import java.util.Map;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;

/** Gradients of activations and of arithmetic, elementwise with broadcasting. */
public final class ElementwiseRules {

    private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

    public static final Map<String, Rule> ACTIVATIONS =
            Map.ofEntries(
                    entry("Relu", first((g, n, dy) -> g.emit("ReluGrad", dy, n.out()))),
                    entry("Relu6", first((g, n, dy) -> g.emit("Relu6Grad", dy, n.out()))),
                    entry(
                            "LeakyRelu",
                            first(
                                    (g, n, dy) ->
                                            g.emit(
                                                    "LeakyReluGrad",
                                                    java.util.List.of(dy, n.in(0)),
                                                    n.copy("alpha")))),
                    entry("Elu", first((g, n, dy) -> g.emit("EluGrad", dy, n.out()))),
                    entry("Selu", first((g, n, dy) -> g.emit("SeluGrad", dy, n.out()))),
                    entry("Sigmoid", first((g, n, dy) -> g.emit("SigmoidGrad", n.out(), dy))),
                    entry("Tanh", first((g, n, dy) -> g.emit("TanhGrad", n.out(), dy))),
                    entry("Softplus", first((g, n, dy) -> g.emit("SoftplusGrad", dy, n.in(0)))),
                    entry("Softsign", first((g, n, dy) -> g.emit("SoftsignGrad", dy, n.in(0)))),
                    entry("Softmax", first(ElementwiseRules::softmax)),
                    entry("LogSoftmax", first(ElementwiseRules::logSoftmax)));

    public static final Map<String, Rule> UNARY =
            Map.ofEntries(
                    entry("Erf", first((g, n, dy) -> g.mul(dy, gaussian(g, n)))),
                    entry("Erfc", first((g, n, dy) -> g.neg(g.mul(dy, gaussian(g, n))))),
                    entry("Exp", first((g, n, dy) -> g.mul(dy, n.out()))),
                    entry("Expm1", first((g, n, dy) -> g.mul(dy, g.emit("Exp", n.in(0))))),
                    entry("Log", first((g, n, dy) -> g.div(dy, n.in(0)))),
                    entry("Log1p", first((g, n, dy) -> g.div(dy, g.add(n.in(0), g.scalar(1, dy))))),
                    entry("Sqrt", first((g, n, dy) -> g.emit("SqrtGrad", n.out(), dy))),
                    entry("Rsqrt", first((g, n, dy) -> g.emit("RsqrtGrad", n.out(), dy))),
                    entry("Square", first((g, n, dy) -> g.mul(dy, g.mul(n.in(0), 2)))),
                    entry("Abs", first((g, n, dy) -> g.mul(dy, g.emit("Sign", n.in(0))))),
                    entry("Neg", first((g, n, dy) -> g.neg(dy))),
                    entry("Reciprocal", first((g, n, dy) -> g.emit("ReciprocalGrad", n.out(), dy))),
                    entry("Inv", first((g, n, dy) -> g.emit("ReciprocalGrad", n.out(), dy))),
                    entry("Sin", first((g, n, dy) -> g.mul(dy, g.emit("Cos", n.in(0))))),
                    entry("Cos", first((g, n, dy) -> g.neg(g.mul(dy, g.emit("Sin", n.in(0)))))),
                    entry("Tan", first((g, n, dy) -> g.mul(dy, plusOne(g, squared(g, n.out()))))),
                    entry("Sinh", first((g, n, dy) -> g.mul(dy, g.emit("Cosh", n.in(0))))),
                    entry("Cosh", first((g, n, dy) -> g.mul(dy, g.emit("Sinh", n.in(0))))),
                    entry("Asin", first((g, n, dy) -> g.mul(dy, arc(g, n)))),
                    entry("Acos", first((g, n, dy) -> g.neg(g.mul(dy, arc(g, n))))),
                    entry("Atan", first((g, n, dy) -> g.div(dy, plusOne(g, squared(g, n.in(0)))))),
                    entry("Asinh", first((g, n, dy) -> g.div(dy, g.emit("Cosh", n.out())))),
                    entry("Acosh", first((g, n, dy) -> g.div(dy, g.emit("Sinh", n.out())))),
                    entry("Atanh", first((g, n, dy) -> g.div(dy, oneMinusSquare(g, n.in(0))))),
                    entry("Sign", none()),
                    entry("Floor", none()),
                    entry("Ceil", none()),
                    entry("Round", none()),
                    entry("Rint", none()),
                    entry("ZerosLike", none()),
                    entry("OnesLike", none()),
                    entry("StopGradient", none()),
                    entry("PreventGradient", none()),
                    entry("Cast", first(ElementwiseRules::cast)));

    public static final Map<String, Rule> BINARY =
            Map.ofEntries(
                    // x·y, but 0 where y is 0 whatever x is.
                    entry(
                            "MulNoNan",
                            broadcast(
                                    (g, n, dy) -> g.emit("MulNoNan", dy, n.in(1)),
                                    (g, n, dy) -> g.emit("MulNoNan", n.in(0), dy))),
                    entry(
                            "Atan2",
                            broadcast(ElementwiseRules::angle, ElementwiseRules::minusAngle)),
                    // x − y·⌊x/y⌋
                    entry(
                            "FloorMod",
                            broadcast(
                                    (g, n, dy) -> dy,
                                    (g, n, dy) ->
                                            g.neg(
                                                    g.mul(
                                                            dy,
                                                            g.emit(
                                                                    "FloorDiv",
                                                                    n.in(0),
                                                                    n.in(1)))))),
                    entry("FloorDiv", none()),
                    entry("Add", broadcast((g, n, dy) -> dy, (g, n, dy) -> dy)),
                    entry("AddV2", broadcast((g, n, dy) -> dy, (g, n, dy) -> dy)),
                    entry("Sub", broadcast((g, n, dy) -> dy, (g, n, dy) -> g.neg(dy))),
                    entry(
                            "Mul",
                            broadcast(
                                    (g, n, dy) -> g.mul(dy, n.in(1)),
                                    (g, n, dy) -> g.mul(dy, n.in(0)))),
                    entry("RealDiv", quotient("RealDiv")),
                    entry("Div", quotient("RealDiv")),
                    entry("DivNoNan", quotient("DivNoNan")),
                    entry(
                            "SquaredDifference",
                            broadcast(
                                    ElementwiseRules::twiceDifference,
                                    (g, n, dy) -> g.neg(twiceDifference(g, n, dy)))),
                    entry("Pow", broadcast(ElementwiseRules::powBase, ElementwiseRules::powExp)),
                    // At a tie the left operand takes all, as in TensorFlow.
                    entry("Maximum", winner("GreaterEqual")),
                    entry("Minimum", winner("LessEqual")),
                    entry("AddN", (g, n, input, dy) -> dy.get(0)),
                    entry("AccumulateNV2", (g, n, input, dy) -> dy.get(0)),
                    entry(
                            "Fill",
                            (g, n, input, dy) -> g.sum(dy.get(0), g.range(g.rank(dy.get(0))))),
                    entry("SelectV2", (g, n, input, dy) -> select(g, n, input, dy.get(0))),
                    entry("Select", (g, n, input, dy) -> selectRows(g, n, input, dy.get(0))),
                    entry("ClipByValue", (g, n, input, dy) -> clip(g, n, input, dy.get(0))));

    private ElementwiseRules() {}

    /** softmax: y·(dy − Σ dy·y), over the last axis. */
    private static Output softmax(Ops g, Node n, Output dy) {
        Output inner = g.sumKeepingAxes(g.mul(dy, n.out()), g.vector(-1));
        return g.mul(n.out(), g.sub(dy, inner));
    }

    private static Output logSoftmax(Ops g, Node n, Output dy) {
        Output total = g.sumKeepingAxes(dy, g.vector(-1));
        return g.sub(dy, g.mul(g.emit("Exp", n.out()), total));
    }

    /** d erf(x)/dx = 2/√π · exp(−x²). */
    private static Output gaussian(Ops g, Node n) {
        Output x = n.in(0);
        return g.mul(g.emit("Exp", g.neg(g.emit("Square", x))), TWO_OVER_SQRT_PI);
    }

    private static Output squared(Ops g, Output x) {
        return g.emit("Square", x);
    }

    private static Output plusOne(Ops g, Output x) {
        return g.add(x, g.scalar(1, x));
    }

    private static Output oneMinusSquare(Ops g, Output x) {
        return g.sub(g.scalar(1, x), squared(g, x));
    }

    /** d asin(x)/dx = 1/√(1 − x²). */
    private static Output arc(Ops g, Node n) {
        return g.emit("Rsqrt", oneMinusSquare(g, n.in(0)));
    }

    /** ∂atan2(y, x)/∂y = x/(x² + y²). */
    private static Output angle(Ops g, Node n, Output dy) {
        return g.mul(dy, g.div(n.in(1), g.add(squared(g, n.in(0)), squared(g, n.in(1)))));
    }

    /** ∂atan2(y, x)/∂x = −y/(x² + y²). */
    private static Output minusAngle(Ops g, Node n, Output dy) {
        Output total = g.add(squared(g, n.in(0)), squared(g, n.in(1)));
        return g.neg(g.mul(dy, g.div(n.in(0), total)));
    }

    /** Integers hold a gradient back, and so do booleans; complex numbers would carry it. */
    private static Output cast(Ops g, Node n, Output dy) {
        DataType from = g.type(n.in(0));
        if (from == DataType.DT_COMPLEX64 || from == DataType.DT_COMPLEX128) {
            throw new UnsupportedOpException(n, "it is computed with complex numbers");
        }
        return ReverseMode.isFloating(from) ? g.cast(dy, from) : null;
    }

    private static Rule quotient(String op) {
        return broadcast(
                (g, n, dy) -> g.emit(op, dy, n.in(1)),
                (g, n, dy) -> g.neg(g.mul(dy, g.emit(op, n.out(), n.in(1)))));
    }

    private static Output twiceDifference(Ops g, Node n, Output dy) {
        return g.mul(dy, g.mul(g.sub(n.in(0), n.in(1)), 2));
    }

    /** ∂x^z/∂x = z·x^(z−1), and 0 where z = 0, at x = 0 too. */
    private static Output powBase(Ops g, Node n, Output dy) {
        Output z = n.in(1);
        Output power = g.emit("Pow", n.in(0), g.sub(z, g.scalar(1, z)));
        return g.mul(dy, g.emit("MulNoNan", power, z));
    }

    /** ∂x^z/∂z = x^z·ln x, and 0 where x ≤ 0. */
    private static Output powExp(Ops g, Node n, Output dy) {
        Output x = n.in(0);
        Output positive = g.emit("Greater", x, g.scalar(0.0, x));
        Output log =
                g.where(positive, g.emit("Log", g.emit("SelectV2", positive, x, g.onesLike(x))));
        return g.mul(dy, g.mul(n.out(), log));
    }

    private static Rule winner(String comparison) {
        return broadcast(
                (g, n, dy) -> g.where(g.emit(comparison, n.in(0), n.in(1)), dy),
                (g, n, dy) ->
                        g.where(g.emit("LogicalNot", g.emit(comparison, n.in(0), n.in(1))), dy));
    }

    private static Output select(Ops g, Node n, int input, Output dy) {
        if (input == 0) {
            return null;
        }
        Output mask = input == 1 ? n.in(0) : g.emit("LogicalNot", n.in(0));
        Output x = n.in(input);
        // The output is broadcast from all three inputs; its own shape stands for the others.
        return g.unbroadcast(g.where(mask, dy), x, n.out());
    }

    /** The older op: the condition may choose whole rows, and nothing broadcasts. */
    private static Output selectRows(Ops g, Node n, int input, Output dy) {
        Output zeros = g.zerosLike(dy);
        return switch (input) {
            case 1 -> g.emit("Select", n.in(0), dy, zeros);
            case 2 -> g.emit("Select", n.in(0), zeros, dy);
            default -> null;
        };
    }

    /** Whichever of the value and its two limits came through takes dy. */
    private static Output clip(Ops g, Node n, int input, Output dy) {
        Output below = g.emit("Less", n.in(0), n.in(1));
        Output above = g.emit("Greater", n.in(0), n.in(2));
        return switch (input) {
            case 0 -> g.where(g.emit("LogicalNot", g.emit("LogicalOr", below, above)), dy);
            case 1 -> g.unbroadcast(g.where(below, dy), n.in(1), n.in(0));
            default -> g.unbroadcast(g.where(above, dy), n.in(2), n.in(0));
        };
    }
}
