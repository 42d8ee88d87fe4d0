/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.onnx;

import static sc.fiji.attribution.importer.onnx.Call.like;
import static sc.fiji.attribution.importer.onnx.OnnxOps.one;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.importer.network.Elementwise;
import sc.fiji.attribution.importer.network.NetworkBuilder;
import sc.fiji.attribution.importer.network.Value;
import sc.fiji.attribution.importer.onnx.OnnxOps.Rule;

/** Ops of one element of each of their inputs: activations and arithmetic. */
final class ElementOps {

    /** Those that TensorFlow has, by its name. */
    private static final Map<String, String> UNARY =
            Map.ofEntries(
                    Map.entry("Abs", "Abs"),
                    Map.entry("Acos", "Acos"),
                    Map.entry("Acosh", "Acosh"),
                    Map.entry("Asin", "Asin"),
                    Map.entry("Asinh", "Asinh"),
                    Map.entry("Atan", "Atan"),
                    Map.entry("Atanh", "Atanh"),
                    Map.entry("Ceil", "Ceil"),
                    Map.entry("Cos", "Cos"),
                    Map.entry("Cosh", "Cosh"),
                    Map.entry("Erf", "Erf"),
                    Map.entry("Exp", "Exp"),
                    Map.entry("Floor", "Floor"),
                    Map.entry("Log", "Log"),
                    Map.entry("Neg", "Neg"),
                    Map.entry("Reciprocal", "Reciprocal"),
                    Map.entry("Relu", "Relu"),
                    Map.entry("Round", "Round"),
                    Map.entry("Sigmoid", "Sigmoid"),
                    Map.entry("Sign", "Sign"),
                    Map.entry("Sin", "Sin"),
                    Map.entry("Sinh", "Sinh"),
                    Map.entry("Softplus", "Softplus"),
                    Map.entry("Softsign", "Softsign"),
                    Map.entry("Sqrt", "Sqrt"),
                    Map.entry("Tan", "Tan"),
                    Map.entry("Tanh", "Tanh"),
                    Map.entry("Not", "LogicalNot"));

    private static final Map<String, String> BINARY =
            Map.ofEntries(
                    Map.entry("Add", "AddV2"),
                    Map.entry("Sub", "Sub"),
                    Map.entry("Mul", "Mul"),
                    Map.entry("And", "LogicalAnd"),
                    Map.entry("Or", "LogicalOr"),
                    Map.entry("Xor", "NotEqual"),
                    Map.entry("Equal", "Equal"),
                    Map.entry("Less", "Less"),
                    Map.entry("LessOrEqual", "LessEqual"),
                    Map.entry("Greater", "Greater"),
                    Map.entry("GreaterOrEqual", "GreaterEqual"));

    /** Those of any number of inputs, by the op that joins two. */
    private static final Map<String, String> JOINING =
            Map.of("Sum", "AddV2", "Max", "Maximum", "Min", "Minimum", "Mean", "AddV2");

    private static final double SELU_ALPHA = 1.6732632423543772;
    private static final double SELU_GAMMA = 1.0507009873554805;

    static final Map<String, Rule> TABLE = table();

    private ElementOps() {}

    private static Map<String, Rule> table() {
        Map<String, Rule> table = new HashMap<>();
        UNARY.forEach((op, ours) -> table.put(op, one(c -> f(c, ours, c.in(0)))));
        BINARY.forEach((op, ours) -> table.put(op, one(c -> f(c, ours, c.in(0), c.in(1)))));
        JOINING.forEach((op, ours) -> table.put(op, one(c -> joined(c, ours))));
        table.put("Identity", one(c -> c.in(0)));
        table.put("Div", one(ElementOps::quotient));
        table.put("Mod", one(ElementOps::remainder));
        table.put("Pow", one(ElementOps::power));
        table.put("Where", one(c -> Elementwise.where(c.b(), c.in(0), c.in(1), c.in(2))));
        table.put("Cast", one(c -> Elementwise.cast(c.b(), c.in(0), c.type(c.integer("to", 1)))));
        table.put("CastLike", one(c -> Elementwise.cast(c.b(), c.in(0), c.in(1).type())));
        table.put("Clip", one(ElementOps::clip));
        table.put("LeakyRelu", one(c -> leaky(c, c.in(0), c.number("alpha", 0.01))));
        table.put("PRelu", one(c -> rectified(c, c.in(0), c.in(1))));
        table.put("Elu", one(c -> elu(c, c.in(0), c.number("alpha", 1))));
        table.put("Selu", one(ElementOps::selu));
        table.put("Celu", one(ElementOps::celu));
        table.put("ThresholdedRelu", one(c -> beyond(c, "Greater", c.number("alpha", 1), c.in(0))));
        table.put("Shrink", one(ElementOps::shrink));
        table.put(
                "HardSigmoid",
                one(c -> hardSigmoid(c, c.in(0), c.number("alpha", 0.2), c.number("beta", 0.5))));
        table.put("HardSwish", one(ElementOps::hardSwish));
        table.put("Mish", one(c -> f(c, "Mul", c.in(0), f(c, "Tanh", f(c, "Softplus", c.in(0))))));
        table.put("Swish", one(ElementOps::swish));
        table.put("Gelu", one(ElementOps::gelu));
        table.put("IsNaN", one(c -> bool(f(c, "IsNan", c.in(0)))));
        table.put("IsInf", one(ElementOps::infinite));
        return table;
    }

    private static Value infinite(Call c) {
        if (!c.flag("detect_positive", true) || !c.flag("detect_negative", true)) {
            throw c.refuse("one sign alone is not supported");
        }
        return bool(f(c, "IsInf", c.in(0)));
    }

    private static Value bool(Value v) {
        return new Value(v.output(), DataType.DT_BOOL, v.shape(), v.last(), null, null);
    }

    static Value f(Call c, String op, Value x) {
        return Elementwise.unary(c.b(), op, x);
    }

    static Value f(Call c, String op, Value x, Value y) {
        NetworkBuilder b = c.b();
        return Elementwise.binary(b, op, x, y);
    }

    private static Value joined(Call c, String op) {
        Value all = c.in(0);
        for (int i = 1; i < c.inputs().size(); i++) {
            all = f(c, op, all, c.in(i));
        }
        boolean mean = c.node().op().equals("Mean") && c.inputs().size() > 1;
        return mean ? f(c, "Mul", all, like(all, 1.0 / c.inputs().size())) : all;
    }

    private static Value quotient(Call c) {
        return f(c, c.in(0).isFloating() ? "RealDiv" : "TruncateDiv", c.in(0), c.in(1));
    }

    private static Value remainder(Call c) {
        return f(c, c.flag("fmod", false) ? "TruncateMod" : "FloorMod", c.in(0), c.in(1));
    }

    private static Value power(Call c) {
        Value x = c.in(0);
        Value exponent = Elementwise.cast(c.b(), c.in(1), x.type());
        Optional<double[]> known = c.b().known(exponent).allNumbers();
        if (known.isPresent() && known.get().length == 1 && exponent.rank() <= x.rank()) {
            double p = known.get()[0];
            if (p == 2 || p == 0.5 || p == 1) {
                return p == 1 ? x : f(c, p == 2 ? "Square" : "Sqrt", x);
            }
        }
        return f(c, "Pow", x, exponent);
    }

    /** min(max(x, low), high), as an activation where it is a known one. */
    private static Value clip(Call c) {
        Value x = c.in(0);
        Optional<Value> low = bound(c, "min", 1);
        Optional<Value> high = bound(c, "max", 2);
        double from = low.flatMap(v -> c.b().known(v).allNumbers()).map(v -> v[0]).orElse(-1.0);
        double to = high.flatMap(v -> c.b().known(v).allNumbers()).map(v -> v[0]).orElse(-1.0);
        boolean floating = x.isFloating();
        if (floating && low.isPresent() && from == 0) {
            return to == 6 ? f(c, "Relu6", x) : below(c, f(c, "Relu", x), high);
        }
        Value above = low.map(v -> f(c, "Maximum", x, v)).orElse(x);
        return below(c, above, high);
    }

    private static Value below(Call c, Value x, Optional<Value> high) {
        return high.map(v -> f(c, "Minimum", x, v)).orElse(x);
    }

    private static Optional<Value> bound(Call c, String attribute, int input) {
        Optional<Value> value =
                c.has(attribute)
                        ? Optional.of(like(c.in(0), c.number(attribute, 0)))
                        : c.given(input);
        // Bounds that bound nothing are left out.
        return value.filter(
                v ->
                        c.b().known(v)
                                .allNumbers()
                                .map(n -> n.length != 1 || Math.abs(n[0]) < 3e38)
                                .orElse(true));
    }

    private static Value leaky(Call c, Value x, double alpha) {
        return Elementwise.unary(c.b(), "LeakyRelu", x, "alpha", (float) alpha);
    }

    /** ReLU(x) − slope·ReLU(−x). */
    private static Value rectified(Call c, Value x, Value slope) {
        Value negative = f(c, "Relu", f(c, "Neg", x));
        return f(c, "AddV2", f(c, "Relu", x), f(c, "Mul", f(c, "Neg", slope), negative));
    }

    private static Value elu(Call c, Value x, double alpha) {
        if (alpha == 1) {
            return f(c, "Elu", x);
        }
        Value below = f(c, "Elu", f(c, "Neg", f(c, "Relu", f(c, "Neg", x))));
        return f(c, "AddV2", f(c, "Relu", x), f(c, "Mul", below, like(x, alpha)));
    }

    private static Value selu(Call c) {
        double alpha = c.number("alpha", SELU_ALPHA);
        double gamma = c.number("gamma", SELU_GAMMA);
        boolean usual = Math.abs(alpha - SELU_ALPHA) < 1e-6 && Math.abs(gamma - SELU_GAMMA) < 1e-6;
        return usual
                ? f(c, "Selu", c.in(0))
                : f(c, "Mul", elu(c, c.in(0), alpha), like(c.in(0), gamma));
    }

    private static Value celu(Call c) {
        double alpha = c.number("alpha", 1);
        Value x = c.in(0);
        if (alpha == 1) {
            return f(c, "Elu", x);
        }
        Value low = f(c, "Mul", f(c, "Neg", f(c, "Relu", f(c, "Neg", x))), like(x, 1 / alpha));
        return f(c, "AddV2", f(c, "Relu", x), f(c, "Mul", f(c, "Elu", low), like(x, alpha)));
    }

    /** x where it is on one side of a bound, elsewhere 0. */
    private static Value beyond(Call c, String side, double bound, Value y) {
        Value x = c.in(0);
        return Elementwise.where(c.b(), f(c, side, x, like(x, bound)), y, like(x, 0));
    }

    private static Value shrink(Call c) {
        double bias = c.number("bias", 0);
        double bound = c.number("lambd", 0.5);
        Value x = c.in(0);
        Value high = beyond(c, "Greater", bound, f(c, "Sub", x, like(x, bias)));
        Value low = beyond(c, "Less", -bound, f(c, "AddV2", x, like(x, bias)));
        return f(c, "AddV2", high, low);
    }

    private static Value hardSigmoid(Call c, Value x, double alpha, double beta) {
        Value line = f(c, "AddV2", f(c, "Mul", x, like(x, alpha)), like(x, beta));
        return f(c, "Minimum", f(c, "Relu", line), like(x, 1));
    }

    private static Value hardSwish(Call c) {
        Value x = c.in(0);
        Value gate = f(c, "Relu6", f(c, "AddV2", x, like(x, 3)));
        return f(c, "Mul", x, f(c, "Mul", gate, like(x, 1 / 6.0)));
    }

    private static Value swish(Call c) {
        Value x = c.in(0);
        double alpha = c.number("alpha", 1);
        Value inner = alpha == 1 ? x : f(c, "Mul", x, like(x, alpha));
        return f(c, "Mul", x, f(c, "Sigmoid", inner));
    }

    private static Value gelu(Call c) {
        Value x = c.in(0);
        Value gate;
        if (c.text("approximate", "none").equals("tanh")) {
            Value cube = f(c, "Mul", f(c, "Mul", f(c, "Square", x), x), like(x, 0.044715));
            Value line = f(c, "Mul", f(c, "AddV2", x, cube), like(x, Math.sqrt(2 / Math.PI)));
            gate = f(c, "Tanh", line);
        } else {
            gate = f(c, "Erf", f(c, "Mul", x, like(x, Math.sqrt(0.5))));
        }
        return f(c, "Mul", f(c, "Mul", x, like(x, 0.5)), f(c, "AddV2", gate, like(x, 1)));
    }
}
