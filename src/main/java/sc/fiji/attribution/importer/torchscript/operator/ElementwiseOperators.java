/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.torchscript.operator;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.ScriptTensor;

/** Operators that treat each element alike: arithmetic, comparisons, limits, choices. */
final class ElementwiseOperators {

    private static final Map<String, String> UNARY =
            Map.ofEntries(
                    Map.entry("relu", "Relu"),
                    Map.entry("relu6", "Relu6"),
                    Map.entry("selu", "Selu"),
                    Map.entry("sigmoid", "Sigmoid"),
                    Map.entry("tanh", "Tanh"),
                    Map.entry("exp", "Exp"),
                    Map.entry("log", "Log"),
                    Map.entry("log1p", "Log1p"),
                    Map.entry("expm1", "Expm1"),
                    Map.entry("sqrt", "Sqrt"),
                    Map.entry("rsqrt", "Rsqrt"),
                    Map.entry("square", "Square"),
                    Map.entry("reciprocal", "Reciprocal"),
                    Map.entry("sin", "Sin"),
                    Map.entry("cos", "Cos"),
                    Map.entry("tan", "Tan"),
                    Map.entry("asin", "Asin"),
                    Map.entry("acos", "Acos"),
                    Map.entry("atan", "Atan"),
                    Map.entry("sinh", "Sinh"),
                    Map.entry("cosh", "Cosh"),
                    Map.entry("erf", "Erf"),
                    Map.entry("asinh", "Asinh"),
                    Map.entry("acosh", "Acosh"),
                    Map.entry("atanh", "Atanh"),
                    Map.entry("erfc", "Erfc"),
                    Map.entry("softsign", "Softsign"));

    /** Those that keep whole numbers whole. */
    private static final Map<String, String> SAME_TYPE =
            Map.of(
                    "neg", "Neg",
                    "abs", "Abs",
                    "sign", "Sign",
                    "floor", "Floor",
                    "ceil", "Ceil",
                    "round", "Round",
                    "logical_not", "LogicalNot");

    private static final Map<String, String> COMPARISONS =
            Map.of(
                    "eq", "Equal",
                    "ne", "NotEqual",
                    "lt", "Less",
                    "le", "LessEqual",
                    "gt", "Greater",
                    "ge", "GreaterEqual");

    private final TensorOperators all;
    private final Emission g;

    private ElementwiseOperators(TensorOperators all) {
        this.all = all;
        this.g = all.emission();
    }

    static void register(TensorOperators all) {
        ElementwiseOperators each = new ElementwiseOperators(all);
        UNARY.forEach((name, op) -> all.add(name + "(x)", a -> g(all, op, a)));
        SAME_TYPE.forEach(
                (name, op) ->
                        all.add(name + "(x)", a -> all.emission().unary(op, all.tensor(a, "x"))));
        all.table().alias("neg", "negative");
        COMPARISONS.forEach(
                (name, op) ->
                        all.add(
                                name + "(a, b)",
                                a -> all.emission().binary(op, each.first(a), each.second(a))));
        each.arithmetic();
        each.limits();
    }

    private static Value g(TensorOperators all, String op, Arguments a) {
        return all.emission().unary(op, all.emission().floating(all.tensor(a, "x")));
    }

    /** The first of two; a plain number takes the type of the other. */
    private Value first(Arguments a) {
        return operand(a, "a", "b");
    }

    private Value second(Arguments a) {
        return operand(a, "b", "a");
    }

    private Value operand(Arguments a, String name, String other) {
        Object value = a.value(name);
        if (value instanceof Long number && a.value(other) instanceof ScriptTensor tensor) {
            DataType type = tensor.read().type();
            return g.number(number, type == DataType.DT_BOOL ? DataType.DT_INT32 : type);
        }
        return all.tensor(a, name);
    }

    private void arithmetic() {
        all.add("add(a, b, alpha=1)", a -> g.add(first(a), scaled(second(a), a)));
        all.add("sub(a, b, alpha=1)", a -> g.sub(first(a), scaled(second(a), a)));
        all.add("rsub(a, b, alpha=1)", a -> g.sub(second(a), scaled(first(a), a)));
        all.table().alias("sub", "subtract");
        all.add("mul(a, b)", a -> g.mul(first(a), second(a)));
        all.table().alias("mul", "multiply");
        all.add("div(a, b, rounding_mode=None)", this::divide);
        all.table().alias("div", "true_divide", "divide");
        all.add("floor_divide(a, b)", a -> g.binary("FloorDiv", first(a), second(a)));
        all.table().alias("floor_divide", "floordiv", "__floordiv__");
        all.add("remainder(a, b)", a -> g.binary("FloorMod", first(a), second(a)));
        all.add("fmod(a, b)", a -> g.binary("TruncateMod", first(a), second(a)));
        for (int base : new int[] {2, 10}) {
            all.add("log" + base + "(x)", a -> g.mul(g(all, "Log", a), 1 / Math.log(base)));
        }
        all.add("exp2(x)", a -> g.unary("Exp", g.mul(all.tensor(a, "x"), Math.log(2))));
        all.add("trunc(x)", a -> truncated(all.tensor(a, "x")));
        all.table().alias("trunc", "fix");
        all.add("frac(x)", a -> g.sub(all.tensor(a, "x"), truncated(all.tensor(a, "x"))));
        all.add(
                "hypot(a, b)",
                a ->
                        g.unary(
                                "Sqrt",
                                g.add(g.unary("Square", first(a)), g.unary("Square", second(a)))));
        all.add("logaddexp(a, b)", a -> sumOfPowers(first(a), second(a)));
        all.add("maximum(a, b)", a -> g.binary("Maximum", first(a), second(a)));
        all.add("minimum(a, b)", a -> g.binary("Minimum", first(a), second(a)));
        for (String question : List.of("isnan", "isinf", "isfinite")) {
            String op =
                    Map.of("isnan", "IsNan", "isinf", "IsInf").getOrDefault(question, "IsFinite");
            all.add(question + "(x)", a -> g.unary(op, g.floating(all.tensor(a, "x"))));
        }
        all.add("pow(a, b)", this::power);
        all.table().alias("pow", "float_power");
        all.add("atan2(a, b)", a -> g.binary("Atan2", first(a), second(a)));
        all.add(
                "addcmul(x, a, b, value=1)",
                a ->
                        g.add(
                                all.tensor(a, "x"),
                                g.mul(
                                        g.mul(all.tensor(a, "a"), all.tensor(a, "b")),
                                        a.number("value"))));
        all.add(
                "addcdiv(x, a, b, value=1)",
                a ->
                        g.add(
                                all.tensor(a, "x"),
                                g.mul(
                                        g.div(all.tensor(a, "a"), all.tensor(a, "b")),
                                        a.number("value"))));
        all.add(
                "lerp(x, end, weight)",
                a -> {
                    Value x = all.tensor(a, "x");
                    return g.add(x, g.mul(g.sub(all.tensor(a, "end"), x), all.tensor(a, "weight")));
                });
        logical("logical_and", "LogicalAnd", "__and__", "bitwise_and");
        logical("logical_or", "LogicalOr", "__or__", "bitwise_or");
        logical("logical_xor", "NotEqual", "__xor__", "bitwise_xor");
        all.table().alias("logical_not", "bitwise_not", "__not__");
    }

    /** log(exp a + exp b), the larger taken out first; infinity cannot be taken out. */
    private Value sumOfPowers(Value a, Value b) {
        Value largest = g.unary("StopGradient", g.floating(g.binary("Maximum", a, b)));
        Value none = g.number(0, largest.type());
        Value most = select(g, g.unary("IsFinite", largest), largest, none);
        Value sum = g.add(g.unary("Exp", g.sub(a, most)), g.unary("Exp", g.sub(b, most)));
        return g.add(g.unary("Log", sum), most);
    }

    private Value truncated(Value x) {
        return g.mul(g.unary("Sign", x), g.unary("Floor", g.unary("Abs", x)));
    }

    private void logical(String name, String op, String... aliases) {
        all.add(
                name + "(a, b)",
                a -> {
                    Value x = all.tensor(a, "a");
                    Value y = all.tensor(a, "b");
                    if (x.type() != DataType.DT_BOOL || y.type() != DataType.DT_BOOL) {
                        throw a.refuse("whole numbers");
                    }
                    return g.binary(op, x, y);
                });
        all.table().alias(name, aliases);
    }

    private Value scaled(Value x, Arguments a) {
        return a.number("alpha") == 1 ? x : g.mul(x, g.number(a.number("alpha"), x.type()));
    }

    private Value divide(Arguments a) {
        if (a.isNone("rounding_mode")) {
            return g.div(first(a), second(a));
        }
        if (a.text("rounding_mode").equals("floor")) {
            return g.binary("FloorDiv", first(a), second(a));
        }
        if (a.text("rounding_mode").equals("trunc")) {
            return g.binary("TruncateDiv", first(a), second(a));
        }
        throw a.refuse("rounding_mode=" + a.text("rounding_mode"));
    }

    private Value power(Arguments a) {
        Value x = g.floating(first(a));
        if (a.value("b") instanceof Number) {
            double power = a.number("b");
            if (power == 2) {
                return g.unary("Square", x);
            } else if (power == 1) {
                return x;
            } else if (power == 0.5) {
                return g.unary("Sqrt", x);
            } else if (power == -0.5) {
                return g.unary("Rsqrt", x);
            } else if (power == -1) {
                return g.unary("Reciprocal", x);
            } else if (power == 3) {
                return g.mul(g.unary("Square", x), x);
            }
        }
        return g.binary("Pow", x, g.floating(second(a)));
    }

    private void limits() {
        UnaryOperator<String> bounds = name -> name + "(x, min=None, max=None)";
        all.add(bounds.apply("clamp"), this::clamp);
        all.table().alias("clamp", "clip");
        all.add("clamp_min(x, min)", a -> g.binary("Maximum", all.tensor(a, "x"), bound(a, "min")));
        all.add("clamp_max(x, max)", a -> g.binary("Minimum", all.tensor(a, "x"), bound(a, "max")));
        all.add(
                "where(condition, x, y)",
                a -> {
                    Value x = all.tensor(a, "x");
                    Value y = all.tensor(a, "y");
                    DataType type = Emission.common(x.type(), y.type());
                    return select(g, all.tensor(a, "condition"), g.cast(x, type), g.cast(y, type));
                });
        all.add(
                "masked_fill(x, mask, value)",
                a -> {
                    Value x = all.tensor(a, "x");
                    Value value = g.cast(all.tensor(a, "value"), x.type());
                    return select(g, all.tensor(a, "mask"), value, x);
                });
        all.add(
                "nan_to_num(x, nan=None, posinf=None, neginf=None)",
                a -> {
                    Value x = all.tensor(a, "x");
                    Value fill = g.number(a.number("nan", 0), x.type());
                    double high = a.number("posinf", Float.MAX_VALUE);
                    double low = a.number("neginf", -Float.MAX_VALUE);
                    Value finite = select(g, g.unary("IsNan", x), fill, x);
                    Value top = g.number(Float.MAX_VALUE, x.type());
                    Value bottom = g.number(-Float.MAX_VALUE, x.type());
                    Value bounded =
                            select(
                                    g,
                                    g.binary("Greater", x, top),
                                    g.number(high, x.type()),
                                    finite);
                    return select(g, g.binary("Less", x, bottom), g.number(low, x.type()), bounded);
                });
    }

    private Value bound(Arguments a, String name) {
        Value x = all.tensor(a, "x");
        return a.value(name) instanceof Number
                ? g.number(a.number(name), x.type())
                : all.tensor(a, name);
    }

    private Value clamp(Arguments a) {
        Value x = all.tensor(a, "x");
        if (a.value("min") instanceof Double || a.value("max") instanceof Double) {
            x = g.floating(x);
        }
        if (!a.isNone("min")) {
            x = g.binary("Maximum", x, bound(a, "min"));
        }
        return a.isNone("max") ? x : g.binary("Minimum", x, bound(a, "max"));
    }

    static Value clip(Emission g, Value x, double min, double max) {
        return g.binary(
                "Minimum",
                g.binary("Maximum", x, g.number(min, x.type())),
                g.number(max, x.type()));
    }

    static Value select(Emission g, Value condition, Value yes, Value no) {
        return g.elementwise("SelectV2", g.cast(condition, DataType.DT_BOOL), yes, no);
    }
}
