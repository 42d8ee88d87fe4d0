/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.gradient;

import static sc.fiji.attribution.graph.ir.Op.op;
import static sc.fiji.attribution.graph.ir.Rule.broadcast;
import static sc.fiji.attribution.graph.ir.Rule.first;
import static sc.fiji.attribution.graph.ir.Rule.none;
import static sc.fiji.attribution.graph.ir.Trait.ACTIVATION;
import static sc.fiji.attribution.graph.ir.Trait.ADDS;
import static sc.fiji.attribution.graph.ir.Trait.CASTS;
import static sc.fiji.attribution.graph.ir.Trait.CHOICE;
import static sc.fiji.attribution.graph.ir.Trait.CLIPS;
import static sc.fiji.attribution.graph.ir.Trait.ELEMENTWISE;
import static sc.fiji.attribution.graph.ir.Trait.FUNCTION;
import static sc.fiji.attribution.graph.ir.Trait.GATE;
import static sc.fiji.attribution.graph.ir.Trait.HELD;
import static sc.fiji.attribution.graph.ir.Trait.KEEPS_SIGN;
import static sc.fiji.attribution.graph.ir.Trait.KEEPS_SIZE;
import static sc.fiji.attribution.graph.ir.Trait.LINEAR;
import static sc.fiji.attribution.graph.ir.Trait.LOGISTIC;
import static sc.fiji.attribution.graph.ir.Trait.MAXIMUM;
import static sc.fiji.attribution.graph.ir.Trait.MINIMUM;
import static sc.fiji.attribution.graph.ir.Trait.MISFUSED;
import static sc.fiji.attribution.graph.ir.Trait.NON_NEGATIVE;
import static sc.fiji.attribution.graph.ir.Trait.PIECEWISE_CONSTANT;
import static sc.fiji.attribution.graph.ir.Trait.PRODUCT;
import static sc.fiji.attribution.graph.ir.Trait.QUOTIENT;
import static sc.fiji.attribution.graph.ir.Trait.SIGNED;
import static sc.fiji.attribution.graph.ir.Trait.SOFTMAX;
import static sc.fiji.attribution.graph.ir.Trait.VALUELESS;

import java.util.List;
import java.util.stream.Stream;
import org.kohsuke.MetaInfServices;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Node;
import sc.fiji.attribution.graph.ir.Op;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.graph.ir.Rule;
import sc.fiji.attribution.graph.ir.UnsupportedOpException;

/** Gradients of activations and of arithmetic, elementwise with broadcasting. */
@MetaInfServices(Op.Family.class)
public final class ElementwiseRules implements Op.Family {

    private static final double TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);

    private static final List<Op> ACTIVATIONS =
            List.of(
                    op(
                            "Relu",
                            first((g, n, dy) -> g.emit("ReluGrad", dy, n.out())),
                            ACTIVATION,
                            NON_NEGATIVE),
                    op(
                            "Relu6",
                            first((g, n, dy) -> g.emit("Relu6Grad", dy, n.out())),
                            ACTIVATION,
                            NON_NEGATIVE,
                            GATE,
                            CLIPS),
                    op(
                            "LeakyRelu",
                            first(
                                    (g, n, dy) ->
                                            g.emit(
                                                    "LeakyReluGrad",
                                                    List.of(dy, n.in(0)),
                                                    n.copy("alpha"))),
                            ACTIVATION,
                            MISFUSED),
                    op("Elu", first((g, n, dy) -> g.emit("EluGrad", dy, n.out())), ACTIVATION),
                    op("Selu", first((g, n, dy) -> g.emit("SeluGrad", dy, n.out())), ACTIVATION),
                    op(
                            "Sigmoid",
                            first((g, n, dy) -> g.emit("SigmoidGrad", n.out(), dy)),
                            LOGISTIC,
                            NON_NEGATIVE),
                    op(
                            "Tanh",
                            first((g, n, dy) -> g.emit("TanhGrad", n.out(), dy)),
                            ACTIVATION,
                            GATE,
                            SIGNED,
                            MISFUSED),
                    op(
                            "Softplus",
                            first((g, n, dy) -> g.emit("SoftplusGrad", dy, n.in(0))),
                            ACTIVATION,
                            NON_NEGATIVE,
                            MISFUSED),
                    op(
                            "Softsign",
                            first((g, n, dy) -> g.emit("SoftsignGrad", dy, n.in(0))),
                            ACTIVATION),
                    op("Softmax", first(ElementwiseRules::softmax), SOFTMAX, NON_NEGATIVE, GATE),
                    op("LogSoftmax", first(ElementwiseRules::logSoftmax), SOFTMAX));

    private static final List<Op> UNARY =
            List.of(
                    op("Erf", first((g, n, dy) -> g.mul(dy, gaussian(g, n))), FUNCTION),
                    op(
                            "Erfc",
                            first((g, n, dy) -> g.neg(g.mul(dy, gaussian(g, n)))),
                            FUNCTION,
                            NON_NEGATIVE),
                    op("Erfinv", first((g, n, dy) -> g.mul(dy, inverseGaussian(g, n))), FUNCTION),
                    op("Exp", first((g, n, dy) -> g.mul(dy, n.out())), FUNCTION, NON_NEGATIVE),
                    op("Expm1", first((g, n, dy) -> g.mul(dy, g.emit("Exp", n.in(0)))), FUNCTION),
                    op("Log", first((g, n, dy) -> g.div(dy, n.in(0))), FUNCTION),
                    op(
                            "Log1p",
                            first((g, n, dy) -> g.div(dy, g.add(n.in(0), g.scalar(1, dy)))),
                            FUNCTION),
                    op(
                            "Sqrt",
                            // 0 where x is 0, as PyTorch has it for norms; elsewhere infinite.
                            first((g, n, dy) -> g.emit("DivNoNan", g.mul(dy, 0.5), n.out())),
                            FUNCTION,
                            NON_NEGATIVE),
                    op(
                            "Rsqrt",
                            first((g, n, dy) -> g.emit("RsqrtGrad", n.out(), dy)),
                            FUNCTION,
                            NON_NEGATIVE,
                            GATE),
                    op(
                            "Square",
                            first((g, n, dy) -> g.mul(dy, g.mul(n.in(0), 2))),
                            FUNCTION,
                            NON_NEGATIVE),
                    op(
                            "Abs",
                            first((g, n, dy) -> g.mul(dy, g.emit("Sign", n.in(0)))),
                            FUNCTION,
                            NON_NEGATIVE),
                    op("Neg", first((g, n, dy) -> g.neg(dy)), ELEMENTWISE, LINEAR),
                    op(
                            "Reciprocal",
                            first((g, n, dy) -> g.emit("ReciprocalGrad", n.out(), dy)),
                            FUNCTION,
                            GATE),
                    op(
                            "Inv",
                            first((g, n, dy) -> g.emit("ReciprocalGrad", n.out(), dy)),
                            FUNCTION,
                            GATE),
                    op("Sin", first((g, n, dy) -> g.mul(dy, g.emit("Cos", n.in(0)))), FUNCTION),
                    op(
                            "Cos",
                            first((g, n, dy) -> g.neg(g.mul(dy, g.emit("Sin", n.in(0))))),
                            FUNCTION),
                    op(
                            "Tan",
                            first((g, n, dy) -> g.mul(dy, plusOne(g, squared(g, n.out())))),
                            FUNCTION),
                    op("Sinh", first((g, n, dy) -> g.mul(dy, g.emit("Cosh", n.in(0)))), FUNCTION),
                    op(
                            "Cosh",
                            first((g, n, dy) -> g.mul(dy, g.emit("Sinh", n.in(0)))),
                            FUNCTION,
                            NON_NEGATIVE),
                    op("Asin", first((g, n, dy) -> g.mul(dy, arc(g, n))), FUNCTION),
                    op("Acos", first((g, n, dy) -> g.neg(g.mul(dy, arc(g, n)))), FUNCTION),
                    op(
                            "Atan",
                            first((g, n, dy) -> g.div(dy, plusOne(g, squared(g, n.in(0))))),
                            FUNCTION),
                    op("Asinh", first((g, n, dy) -> g.div(dy, g.emit("Cosh", n.out()))), FUNCTION),
                    op(
                            "Acosh",
                            first((g, n, dy) -> g.div(dy, g.emit("Sinh", n.out()))),
                            FUNCTION,
                            NON_NEGATIVE),
                    op(
                            "Atanh",
                            first((g, n, dy) -> g.div(dy, oneMinusSquare(g, n.in(0)))),
                            FUNCTION),
                    op("Sign", none(), FUNCTION, PIECEWISE_CONSTANT),
                    op("Floor", none(), FUNCTION, PIECEWISE_CONSTANT),
                    op("Ceil", none(), FUNCTION, PIECEWISE_CONSTANT),
                    op("Round", none(), FUNCTION, PIECEWISE_CONSTANT),
                    op("Rint", none(), FUNCTION, PIECEWISE_CONSTANT),
                    op("ZerosLike", none(), VALUELESS, ELEMENTWISE, NON_NEGATIVE),
                    op("OnesLike", none(), VALUELESS, ELEMENTWISE, NON_NEGATIVE),
                    op("StopGradient", none(), HELD),
                    op("PreventGradient", none(), HELD),
                    op("Cast", first(ElementwiseRules::cast), CASTS));

    private static final List<Op> BINARY =
            List.of(
                    // x·y, but 0 where y is 0 whatever x is.
                    op(
                            "MulNoNan",
                            broadcast(
                                    (g, n, dy) -> g.emit("MulNoNan", dy, n.in(1)),
                                    (g, n, dy) -> g.emit("MulNoNan", n.in(0), dy)),
                            PRODUCT,
                            ELEMENTWISE),
                    op(
                            "Atan2",
                            broadcast(ElementwiseRules::angle, ElementwiseRules::minusAngle),
                            FUNCTION),
                    // x − y·⌊x/y⌋
                    op(
                            "FloorMod",
                            broadcast(
                                    (g, n, dy) -> dy,
                                    (g, n, dy) ->
                                            g.neg(g.mul(dy, g.emit("FloorDiv", n.in(0), n.in(1))))),
                            FUNCTION),
                    // the same with the quotient cut off towards zero
                    op(
                            "TruncateMod",
                            broadcast(
                                    (g, n, dy) -> dy,
                                    (g, n, dy) ->
                                            g.neg(
                                                    g.mul(
                                                            dy,
                                                            g.emit(
                                                                    "TruncateDiv",
                                                                    n.in(0),
                                                                    n.in(1))))),
                            FUNCTION),
                    op("FloorDiv", none(), FUNCTION, PIECEWISE_CONSTANT),
                    op("TruncateDiv", none(), FUNCTION, PIECEWISE_CONSTANT),
                    op("Add", broadcast((g, n, dy) -> dy, (g, n, dy) -> dy), ADDS, KEEPS_SIGN),
                    op("AddV2", broadcast((g, n, dy) -> dy, (g, n, dy) -> dy), ADDS, KEEPS_SIGN),
                    op("Sub", broadcast((g, n, dy) -> dy, (g, n, dy) -> g.neg(dy)), ADDS),
                    op(
                            "Mul",
                            broadcast(
                                    (g, n, dy) -> g.mul(dy, n.in(1)),
                                    (g, n, dy) -> g.mul(dy, n.in(0))),
                            PRODUCT,
                            ELEMENTWISE,
                            KEEPS_SIGN),
                    op("RealDiv", quotient("RealDiv"), QUOTIENT),
                    op("Div", quotient("RealDiv"), QUOTIENT),
                    op("DivNoNan", quotient("DivNoNan"), QUOTIENT),
                    op(
                            "SquaredDifference",
                            broadcast(
                                    ElementwiseRules::twiceDifference,
                                    (g, n, dy) -> g.neg(twiceDifference(g, n, dy))),
                            FUNCTION,
                            NON_NEGATIVE),
                    op(
                            "Pow",
                            broadcast(ElementwiseRules::powBase, ElementwiseRules::powExp),
                            FUNCTION),
                    // At a tie the left operand takes all, as in TensorFlow.
                    op("Maximum", winner("GreaterEqual"), MAXIMUM, ELEMENTWISE, KEEPS_SIGN),
                    op("Minimum", winner("LessEqual"), MINIMUM, ELEMENTWISE, KEEPS_SIGN),
                    op("AddN", (g, n, input, dy) -> dy.get(0), ADDS, KEEPS_SIGN),
                    op("AccumulateNV2", (g, n, input, dy) -> dy.get(0), ADDS, KEEPS_SIGN),
                    op(
                            "Fill",
                            (g, n, input, dy) -> g.sum(dy.get(0), g.range(g.rank(dy.get(0)))),
                            LINEAR,
                            KEEPS_SIGN),
                    op(
                            "SelectV2",
                            (g, n, input, dy) -> select(g, n, input, dy.get(0)),
                            CHOICE,
                            ELEMENTWISE,
                            KEEPS_SIGN),
                    op(
                            "Select",
                            (g, n, input, dy) -> selectRows(g, n, input, dy.get(0)),
                            CHOICE,
                            KEEPS_SIZE,
                            KEEPS_SIGN),
                    op(
                            "ClipByValue",
                            (g, n, input, dy) -> clip(g, n, input, dy.get(0)),
                            FUNCTION,
                            GATE,
                            CLIPS));

    @Override
    public List<Op> ops() {
        return Stream.of(ACTIVATIONS, UNARY, BINARY).flatMap(List::stream).toList();
    }

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

    /** d erfinv(x)/dx = √π/2 · exp(y²). */
    private static Output inverseGaussian(Ops g, Node n) {
        return g.mul(g.emit("Exp", g.emit("Square", n.out())), 1 / TWO_OVER_SQRT_PI);
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
        return Ops.isFloating(from) ? g.cast(dy, from) : null;
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
        Output slope = g.emit("MulNoNan", power, z);
        // A root's slope at 0 is infinite: nothing of it would be left of a map.
        Output root = g.emit("LogicalAnd", isZero(g, n.in(0)), g.emit("Less", z, g.scalar(1, z)));
        return g.mul(dy, g.emit("SelectV2", root, g.scalar(0.0, slope), slope));
    }

    private static Output isZero(Ops g, Output x) {
        return g.emit("Equal", x, g.scalar(0.0, x));
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
