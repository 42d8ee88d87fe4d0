/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.function;

import com.google.gson.JsonElement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.keras.file.SavedLayer;
import sc.fiji.attribution.importer.keras.layer.Activations;
import sc.fiji.attribution.importer.keras.layer.LayerCall;
import sc.fiji.attribution.importer.keras.layer.LayerTable;
import sc.fiji.attribution.importer.keras.layer.Merging;
import sc.fiji.attribution.importer.keras.layer.Poolings;
import sc.fiji.attribution.importer.network.Value;

/**
 * Functions that are called like layers: {@code keras.ops} of Keras 3, by the names of their
 * classes, and TensorFlow's in Keras 2, by theirs.
 */
public final class Operators {

    private static final Map<String, LayerTable.Rule> RULES = new HashMap<>();

    static {
        pairs();
        elementwise();
        ShapeOperators.add();
        Arrangement.add();
        Comparisons.add();
        Statistics.add();
    }

    private Operators() {}

    /** A function of one result. */
    interface Single {
        Value call(LayerCall call);
    }

    /** What a layer that is a function computes; empty where it is none that is known. */
    public static Optional<LayerTable.Rule> of(SavedLayer layer) {
        boolean keras = layer.kind().startsWith("layer:");
        // HDF5 files do not say which it is, but layers say whether they can be trained.
        boolean function =
                layer.kind().startsWith("op:") || keras && !layer.config().json().has("trainable");
        return function ? find(layer.className()) : Optional.empty();
    }

    /** By its class in Keras 3, or by TensorFlow's name, with whatever module before it. */
    private static Optional<LayerTable.Rule> find(String name) {
        String bare = name.startsWith("tf.") ? name.substring(3) : name;
        for (String module : List.of("compat.v1.", "math.", "nn.", "linalg.", "raw_ops.")) {
            bare = bare.startsWith(module) ? bare.substring(module.length()) : bare;
        }
        return Optional.ofNullable(RULES.get(bare));
    }

    /** Enters a function of one result under all its names. */
    static void put(Single rule, String... names) {
        several(call -> List.of(rule.call(call)), names);
    }

    /** Enters a function of several results under all its names. */
    static void several(LayerTable.Rule rule, String... names) {
        for (String name : names) {
            RULES.put(name, rule);
        }
    }

    private static void pairs() {
        Map.of(
                        "AddV2", new String[] {"Add", "add", "__operators__.add"},
                        "Sub", new String[] {"Subtract", "subtract", "__operators__.sub"},
                        "Mul", new String[] {"Multiply", "multiply", "__operators__.mul"},
                        "RealDiv",
                                new String[] {
                                    "TrueDivide",
                                    "Divide",
                                    "truediv",
                                    "divide",
                                    "__operators__.truediv"
                                },
                        "Maximum", new String[] {"Maximum", "maximum"},
                        "Minimum", new String[] {"Minimum", "minimum"},
                        "Pow", new String[] {"Power", "pow", "__operators__.pow"},
                        "FloorDiv", new String[] {"FloorDivide", "__operators__.floordiv"},
                        "FloorMod", new String[] {"Mod", "__operators__.mod"},
                        "SquaredDifference",
                                new String[] {"SquaredDifference", "squared_difference"})
                .forEach((op, names) -> put(call -> pair(call, op), names));
    }

    /** Two operands, either of which may be a number. */
    static Value pair(LayerCall call, String op) {
        Object first = Operands.operand(call, 0, "x1", "x");
        Object second = Operands.operand(call, 1, "x2", "y");
        if (!(first instanceof Value) && !(second instanceof Value)) {
            throw call.config().wrong("it is called with no tensor");
        }
        return pair(call, op, Operands.value(call, first), Operands.value(call, second));
    }

    static Value pair(LayerCall call, String op, Value first, Value second) {
        Value a = first;
        Value b = second;
        boolean same = a.rank() == b.rank() && a.last() && b.last();
        boolean scalar = a.rank() == 0 || b.rank() == 0;
        if (!same && !scalar) {
            a = call.plain(a);
            b = call.plain(b);
        }
        if (scalar) {
            Value whole = a.rank() == 0 ? b : a;
            return whole.as(call.ops().emit(op, a.output(), b.output()));
        }
        return Merging.pair(call, op, a, b);
    }

    private static void elementwise() {
        Map<String, String[]> ops =
                Map.ofEntries(
                        Map.entry("Abs", new String[] {"Absolute", "Abs", "abs"}),
                        Map.entry(
                                "Neg", new String[] {"Negative", "negative", "__operators__.neg"}),
                        Map.entry("Exp", new String[] {"Exp", "exp"}),
                        Map.entry("Expm1", new String[] {"Expm1", "expm1"}),
                        Map.entry("Log", new String[] {"Log", "log"}),
                        Map.entry("Log1p", new String[] {"Log1p", "log1p"}),
                        Map.entry("Sqrt", new String[] {"Sqrt", "sqrt"}),
                        Map.entry("Rsqrt", new String[] {"Rsqrt", "rsqrt"}),
                        Map.entry("Square", new String[] {"Square", "square"}),
                        Map.entry("Reciprocal", new String[] {"Reciprocal", "reciprocal"}),
                        Map.entry("Sin", new String[] {"Sin", "sin"}),
                        Map.entry("Cos", new String[] {"Cos", "cos"}),
                        Map.entry("Erf", new String[] {"Erf", "erf"}),
                        Map.entry("Tan", new String[] {"Tan", "tan"}),
                        Map.entry("Asin", new String[] {"Arcsin", "asin"}),
                        Map.entry("Acos", new String[] {"Arccos", "acos"}),
                        Map.entry("Atan", new String[] {"Arctan", "atan"}),
                        Map.entry("Sinh", new String[] {"Sinh", "sinh"}),
                        Map.entry("Cosh", new String[] {"Cosh", "cosh"}),
                        Map.entry("Asinh", new String[] {"Arcsinh", "asinh"}),
                        Map.entry("Acosh", new String[] {"Arccosh", "acosh"}),
                        Map.entry("Atanh", new String[] {"Arctanh", "atanh"}),
                        Map.entry("Ceil", new String[] {"Ceil", "ceil"}),
                        Map.entry("ZerosLike", new String[] {"ZerosLike", "zeros_like"}),
                        Map.entry("OnesLike", new String[] {"OnesLike", "ones_like"}),
                        Map.entry("Sign", new String[] {"Sign", "sign"}),
                        Map.entry("Floor", new String[] {"Floor", "floor"}),
                        Map.entry("Tanh", new String[] {"Tanh", "tanh"}),
                        Map.entry("Sigmoid", new String[] {"Sigmoid", "sigmoid"}),
                        Map.entry("Relu", new String[] {"relu"}),
                        Map.entry("Relu6", new String[] {"Relu6", "relu6"}),
                        Map.entry("Selu", new String[] {"Selu", "selu"}),
                        Map.entry("Softplus", new String[] {"Softplus", "softplus"}),
                        Map.entry("Softsign", new String[] {"Softsign", "softsign"}),
                        Map.entry("StopGradient", new String[] {"StopGradient", "stop_gradient"}));
        ops.forEach(
                (op, names) ->
                        put(
                                call -> {
                                    Value x = Operands.first(call);
                                    return x.as(call.ops().emit(op, x.output()));
                                },
                                names));
        Map<String, String[]> functions =
                Map.of(
                        "relu", new String[] {"Relu", "ReLU"},
                        "silu", new String[] {"Silu", "Swish", "silu", "swish"},
                        "hard_sigmoid", new String[] {"HardSigmoid"},
                        "hard_silu", new String[] {"HardSilu", "HardSwish"},
                        "hard_tanh", new String[] {"HardTanh"},
                        "log_sigmoid", new String[] {"LogSigmoid", "log_sigmoid"},
                        "mish", new String[] {"Mish"},
                        "squareplus", new String[] {"Squareplus"},
                        "glu", new String[] {"Glu"});
        functions.forEach(
                (name, names) ->
                        put(call -> Activations.named(call, name, Operands.first(call)), names));
        put(call -> gelu(call, true), "Gelu");
        put(call -> gelu(call, false), "gelu");
        put(
                call -> {
                    Value x = Operands.first(call);
                    double slope = Operands.setting(call, 1, 0.2, "negative_slope", "alpha");
                    return x.as(Activations.leaky(call.ops(), x.output(), slope));
                },
                "LeakyRelu",
                "leaky_relu");
        put(
                call -> {
                    Value x = Operands.first(call);
                    double alpha = Operands.setting(call, 1, 1, "alpha");
                    return x.as(Activations.elu(call.ops(), x.output(), alpha));
                },
                "Elu",
                "elu");
        put(
                call ->
                        Activations.softmax(
                                call, "Softmax", Operands.axis(call, -1), Operands.first(call)),
                "Softmax",
                "softmax");
        put(
                call ->
                        Activations.softmax(
                                call, "LogSoftmax", Operands.axis(call, -1), Operands.first(call)),
                "LogSoftmax",
                "log_softmax");
        put(
                call -> {
                    Value x = Operands.first(call);
                    double low =
                            Operands.setting(call, 1, 0, "x_min", "clip_value_min", "min_value");
                    double high =
                            Operands.setting(call, 2, 0, "x_max", "clip_value_max", "max_value");
                    return x.as(Activations.clip(call.ops(), x.output(), low, high));
                },
                "Clip",
                "clip_by_value");
        put(call -> pair(call, "Atan2"), "Arctan2", "atan2");
        put(call -> logarithm(call, 2), "Log2");
        put(call -> logarithm(call, 10), "Log10");
        put(
                call -> Poolings.windows(call, "AvgPool", Operands.first(call).rank() - 2),
                "AveragePool");
        put(call -> Poolings.windows(call, "MaxPool", Operands.first(call).rank() - 2), "MaxPool");
        put(Operands::first, "Identity", "identity", "Copy");
        put(
                call -> cast(call, Operands.first(call), Operands.type(call, 1)),
                "Cast",
                "cast",
                "convert_to_tensor",
                "ConvertToTensor");
        put(Operators::rounded, "Round", "round");
    }

    private static Value logarithm(LayerCall call, double base) {
        Value x = Operands.first(call);
        return x.as(call.ops().mul(call.ops().emit("Log", x.output()), 1 / Math.log(base)));
    }

    private static Value gelu(LayerCall call, boolean fallback) {
        boolean approximate =
                call.setting("approximate", 1).map(JsonElement::getAsBoolean).orElse(fallback);
        return Activations.gelu(call, approximate, Operands.first(call));
    }

    /** Values as another type holds them; all are numbers of floating point here. */
    static Value cast(LayerCall call, Value x, DataType type) {
        Ops g = call.ops();
        return switch (type) {
            case DT_FLOAT -> x;
            case DT_BOOL -> Comparisons.truth(call, "NotEqual", x);
            default -> x.as(g.cast(g.cast(x.output(), type), DataType.DT_FLOAT));
        };
    }

    /** To so many decimals, halves to the even digit. */
    private static Value rounded(LayerCall call) {
        Ops g = call.ops();
        Output x = Operands.first(call).output();
        double digit = Math.pow(10, Operands.setting(call, 1, 0, "decimals"));
        Output whole = g.emit("Rint", digit == 1 ? x : g.mul(x, digit));
        return Operands.first(call).as(digit == 1 ? whole : g.div(whole, g.scalar(digit, whole)));
    }
}
