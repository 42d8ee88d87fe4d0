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
import sc.fiji.attribution.importer.torchscript.archive.StoredType;
import sc.fiji.attribution.importer.torchscript.call.Arguments;
import sc.fiji.attribution.importer.torchscript.call.Emission;
import sc.fiji.attribution.importer.torchscript.call.ScriptTensor;
import sc.fiji.attribution.importer.torchscript.call.Symbols;
import sc.fiji.attribution.importer.torchscript.call.Undetermined;

/** Operators that treat each element alike: arithmetic, comparisons, activations. */
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
        each.activations();
        each.limits();
        each.conversions();
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
        all.add("maximum(a, b)", a -> g.binary("Maximum", first(a), second(a)));
        all.add("minimum(a, b)", a -> g.binary("Minimum", first(a), second(a)));
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

    private void activation(
            String signature, java.util.function.BiFunction<Arguments, Value, Value> f) {
        all.add(signature, a -> f.apply(a, g.floating(all.tensor(a, "x"))));
    }

    private void activations() {
        activation("silu(x)", (a, x) -> g.mul(x, g.unary("Sigmoid", x)));
        activation("mish(x)", (a, x) -> g.mul(x, g.unary("Tanh", g.unary("Softplus", x))));
        activation("log_sigmoid(x)", (a, x) -> logSigmoid(x));
        activation("hardsigmoid(x)", (a, x) -> hardSigmoid(x));
        activation("hardswish(x)", (a, x) -> g.mul(x, hardSigmoid(x)));
        activation(
                "leaky_relu(x, negative_slope=0.01)",
                (a, x) -> g.unary("LeakyRelu", x, "alpha", (float) a.number("negative_slope")));
        activation(
                "rrelu(x, lower=0.125, upper=0.3333333333333333, training=False, generator=None)",
                (a, x) ->
                        g.unary(
                                "LeakyRelu",
                                x,
                                "alpha",
                                (float) ((a.number("lower") + a.number("upper")) / 2)));
        activation("elu(x, alpha=1, scale=1, input_scale=1)", this::elu);
        activation(
                "celu(x, alpha=1.0)",
                (a, x) ->
                        g.mul(g.unary("Elu", g.mul(x, 1 / a.number("alpha"))), a.number("alpha")));
        activation("softplus(x, beta=1, threshold=20)", this::softplus);
        activation("gelu(x, approximate='none')", this::gelu);
        activation("prelu(x, weight)", this::prelu);
        activation(
                "hardshrink(x, lambd=0.5)",
                (a, x) ->
                        select(
                                g.binary(
                                        "Greater",
                                        g.unary("Abs", x),
                                        g.number(a.number("lambd"), x.type())),
                                x,
                                g.number(0, x.type())));
        activation(
                "softshrink(x, lambd=0.5)",
                (a, x) -> g.sub(x, clip(x, -a.number("lambd"), a.number("lambd"))));
        activation("tanhshrink(x)", (a, x) -> g.sub(x, g.unary("Tanh", x)));
        activation(
                "threshold(x, threshold, value)",
                (a, x) ->
                        select(
                                g.binary("Greater", x, g.number(a.number("threshold"), x.type())),
                                x,
                                g.number(a.number("value"), x.type())));
        activation("glu(x, dim=-1)", this::glu);
        activation(
                "logit(x, eps=None)",
                (a, x) -> {
                    Value p = a.isNone("eps") ? x : clip(x, a.number("eps"), 1 - a.number("eps"));
                    Value one = g.number(1, p.type());
                    return g.unary("Log", g.div(p, g.sub(one, p)));
                });
    }

    private Value logSigmoid(Value x) {
        return g.unary("Neg", g.unary("Softplus", g.unary("Neg", x)));
    }

    private Value hardSigmoid(Value x) {
        return g.mul(g.unary("Relu6", g.add(x, 3)), 1 / 6.0);
    }

    private Value elu(Arguments a, Value x) {
        if (a.number("input_scale") != 1) {
            throw a.refuse("input_scale");
        }
        Value plain = g.unary("Elu", x);
        Value scaled =
                a.number("alpha") == 1
                        ? plain
                        : select(
                                g.binary("Greater", x, g.number(0, x.type())),
                                x,
                                g.mul(plain, a.number("alpha")));
        return g.mul(scaled, a.number("scale"));
    }

    private Value softplus(Arguments a, Value x) {
        double beta = a.number("beta");
        return g.mul(g.unary("Softplus", g.mul(x, beta)), 1 / beta);
    }

    private Value gelu(Arguments a, Value x) {
        if (!a.text("approximate").equals("tanh")) {
            return gelu(g, x);
        }
        Value cube = g.mul(g.mul(g.unary("Square", x), x), 0.044715);
        Value inner = g.unary("Tanh", g.mul(g.add(x, cube), Math.sqrt(2 / Math.PI)));
        return g.mul(g.mul(x, 0.5), g.add(inner, 1));
    }

    static Value gelu(Emission g, Value x) {
        return g.mul(g.mul(x, 0.5), g.add(g.unary("Erf", g.mul(x, Math.sqrt(0.5))), 1));
    }

    private Value prelu(Arguments a, Value x) {
        Value slope = all.tensor(a, "weight");
        if (slope.rank() == 1 && x.rank() > 1) {
            long[] shape = new long[x.rank()];
            java.util.Arrays.fill(shape, 1);
            shape[1] = slope.extent(0);
            slope = g.reshape(slope, shape);
        }
        return g.add(g.unary("Relu", x), g.mul(slope, g.sub(x, g.unary("Relu", x))));
    }

    private Value glu(Arguments a, Value x) {
        int axis = a.axis("dim", x.rank());
        int half = x.shape()[axis] / 2;
        if (half < 1) {
            throw a.refuse("an axis of unknown extent");
        }
        Value gate = g.slice(x, axis, (long) half, (long) half);
        return g.mul(g.slice(x, axis, 0L, (long) half), g.unary("Sigmoid", gate));
    }

    private void limits() {
        UnaryOperator<String> bounds = name -> name + "(x, min=None, max=None)";
        all.add(bounds.apply("clamp"), this::clamp);
        all.table().alias("clamp", "clip");
        all.add("clamp_min(x, min)", a -> g.binary("Maximum", all.tensor(a, "x"), bound(a, "min")));
        all.add("clamp_max(x, max)", a -> g.binary("Minimum", all.tensor(a, "x"), bound(a, "max")));
        activation(
                "hardtanh(x, min_val=-1, max_val=1)",
                (a, x) ->
                        a.number("min_val") == 0 && a.number("max_val") == 6
                                ? g.unary("Relu6", x)
                                : clip(x, a.number("min_val"), a.number("max_val")));
        all.add(
                "where(condition, x, y)",
                a -> {
                    Value x = all.tensor(a, "x");
                    Value y = all.tensor(a, "y");
                    DataType type = Emission.common(x.type(), y.type());
                    return select(all.tensor(a, "condition"), g.cast(x, type), g.cast(y, type));
                });
        all.add(
                "masked_fill(x, mask, value)",
                a -> {
                    Value x = all.tensor(a, "x");
                    Value value = g.cast(all.tensor(a, "value"), x.type());
                    return select(all.tensor(a, "mask"), value, x);
                });
        all.add(
                "nan_to_num(x, nan=None, posinf=None, neginf=None)",
                a -> {
                    Value x = all.tensor(a, "x");
                    Value fill = g.number(a.number("nan", 0), x.type());
                    return select(g.unary("IsNan", x), fill, x);
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

    private Value clip(Value x, double min, double max) {
        return g.binary(
                "Minimum",
                g.binary("Maximum", x, g.number(min, x.type())),
                g.number(max, x.type()));
    }

    private Value select(Value condition, Value yes, Value no) {
        return g.elementwise("SelectV2", g.cast(condition, DataType.DT_BOOL), yes, no);
    }

    private void conversions() {
        for (String name :
                List.of(
                        "dropout(x, p=0.5, train=False)",
                        "feature_dropout(x, p=0.5, train=False)",
                        "alpha_dropout(x, p=0.5, train=False)",
                        "feature_alpha_dropout(x, p=0.5, train=False)")) {
            all.add(
                    name,
                    a -> {
                        if (a.flag("train")) {
                            throw a.refuse("train=True: export the model after model.eval()");
                        }
                        return all.tensor(a, "x");
                    });
        }
        all.add("to(x, b=None, c=None, d=None, e=None, f=None, g=None)", this::to);
        all.add("type_as(x, other)", a -> typed(all.tensor(a, "x"), all.tensor(a, "other").type()));
        Map.of(
                        "float", DataType.DT_FLOAT,
                        "_cast_Float", DataType.DT_FLOAT,
                        "double", DataType.DT_FLOAT,
                        "half", DataType.DT_FLOAT,
                        "long", DataType.DT_INT64,
                        "bool", DataType.DT_BOOL)
                .forEach(
                        (name, type) ->
                                all.add(name + "(x)", a -> typed(all.tensor(a, "x"), type)));
        all.add("detach(x)", a -> g.unary("StopGradient", all.tensor(a, "x")));
        for (String name :
                List.of(
                        "clone(x, memory_format=None)",
                        "contiguous(x, memory_format=0)",
                        "alias(x)",
                        "cpu(x)",
                        "cuda(x)",
                        "positive(x)",
                        "prim__data(x)",
                        "requires_grad_(x, on=True)",
                        "resolve_conj(x)")) {
            all.add(name, a -> all.tensor(a, "x"));
        }
        all.table()
                .add(
                        "copy_(x, other, non_blocking=False)",
                        a -> {
                            ScriptTensor target = (ScriptTensor) a.value("x");
                            return written(a, target, all.tensor(a, "other"));
                        });
        all.table()
                .add(
                        "fill_(x, value)",
                        a -> {
                            ScriptTensor target = (ScriptTensor) a.value("x");
                            return written(a, target, all.tensor(a, "value"));
                        });
        all.table()
                .add(
                        "zero_(x)",
                        a ->
                                written(
                                        a,
                                        (ScriptTensor) a.value("x"),
                                        g.number(0, DataType.DT_INT32)));
        all.table().add("prim__bool(x)", a -> Undetermined.VALUES);
        all.table().alias("prim__bool", "Bool", "is_nonzero");
        all.table()
                .add(
                        "prim__int(x)",
                        a -> {
                            throw a.refuse(
                                    "a number that depends on the values of the image, in its"
                                            + " code");
                        });
        all.table().alias("prim__int", "Int", "prim__float", "Float", "item");
    }

    private Object written(Arguments a, ScriptTensor target, Value values) {
        if (!target.isWritable()) {
            throw a.refuse("a view of a tensor that is written to");
        }
        Value old = target.read();
        Symbols.broadcast(values.shape(), old.shape());
        target.write(
                g.emit(
                        "BroadcastTo",
                        old.shape(),
                        List.of(g.out(g.cast(values, old.type())), g.vector(g.extents(old)))));
        return target;
    }

    /** To another type, device or memory format; the first that names a type counts. */
    private Value to(Arguments a) {
        Value x = all.tensor(a, "x");
        for (String name : List.of("b", "c", "d")) {
            Object value = a.value(name);
            if (value instanceof ScriptTensor like) {
                return typed(x, like.read().type());
            }
            if (value instanceof Long code) {
                return typed(x, type(a, code));
            }
        }
        return x;
    }

    static DataType type(Arguments a, long code) {
        return StoredType.ofCode(code)
                .map(StoredType::graph)
                .orElseThrow(() -> a.refuse("the element type number " + code));
    }

    private Value typed(Value x, DataType type) {
        return type == DataType.DT_BOOL && x.type() != type
                ? g.binary("NotEqual", x, g.number(0, x.type()))
                : g.cast(x, type);
    }
}
