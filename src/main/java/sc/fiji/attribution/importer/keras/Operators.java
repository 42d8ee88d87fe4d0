/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.keras.file.Config;
import sc.fiji.attribution.importer.network.Value;

/**
 * Functions that are called like layers: {@code keras.ops} of Keras 3, by the names of their
 * classes, and TensorFlow's in Keras 2, by theirs.
 */
final class Operators {

    private static final Map<String, LayerTable.Rule> RULES = new HashMap<>();

    static {
        pairs();
        elementwise();
        reductions();
        shapes();
    }

    private Operators() {}

    private interface Single {
        Value call(LayerCall call);
    }

    /** By its class in Keras 3, or by TensorFlow's name, with whatever module before it. */
    static Optional<LayerTable.Rule> find(String name) {
        String bare = name.startsWith("tf.") ? name.substring(3) : name;
        for (String module : List.of("compat.v1.", "math.", "nn.", "linalg.", "raw_ops.")) {
            bare = bare.startsWith(module) ? bare.substring(module.length()) : bare;
        }
        return Optional.ofNullable(RULES.get(bare));
    }

    private static void put(Single rule, String... names) {
        for (String name : names) {
            RULES.put(name, call -> List.of(rule.call(call)));
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
                        "SquaredDifference",
                                new String[] {"SquaredDifference", "squared_difference"})
                .forEach((op, names) -> put(call -> pair(call, op), names));
    }

    /** Two operands, either of which may be a number. */
    private static Value pair(LayerCall call, String op) {
        Object first = operand(call, 0, "x1", "x");
        Object second = operand(call, 1, "x2", "y");
        Value like =
                first instanceof Value value ? value : second instanceof Value value ? value : null;
        if (like == null) {
            throw call.config().wrong("it is called with no tensor");
        }
        Value a = value(call, first);
        Value b = value(call, second);
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

    private static Object operand(LayerCall call, int place, String... names) {
        if (place < call.arguments().size()) {
            Object given = call.arguments().get(place);
            if (given instanceof List<?> several && place == 0 && call.arguments().size() == 1) {
                return several.get(0);
            }
            return given;
        }
        if (place == 1
                && call.arguments().size() == 1
                && call.arguments().get(0) instanceof List<?> several
                && several.size() > 1) {
            return several.get(1);
        }
        for (String name : names) {
            if (call.named().containsKey(name)) {
                return call.named().get(name);
            }
        }
        throw call.config().wrong("an operand is missing");
    }

    /** A tensor, or numbers as one. */
    private static Value value(LayerCall call, Object operand) {
        if (operand instanceof Value value) {
            return value;
        }
        if (operand instanceof JsonElement json) {
            JsonObject holder = new JsonObject();
            holder.add("operand", json);
            List<Integer> shape = new ArrayList<>();
            JsonElement at =
                    json instanceof JsonObject array
                                    && array.get("config") instanceof JsonObject inner
                                    && inner.has("value")
                            ? inner.get("value")
                            : json;
            while (at instanceof JsonArray array && !array.isEmpty() && shape.size() < 8) {
                shape.add(array.size());
                at = array.get(0);
            }
            float[] values = new Config(call.layer().title(), holder).numbers("operand");
            int[] extents = shape.stream().mapToInt(Integer::intValue).toArray();
            if (Arrays.stream(extents).reduce(1, (a, b) -> a * b) != values.length) {
                throw call.config().wrong("an operand is " + json);
            }
            return LayerCall.value(call.constant(values, extents), extents);
        }
        throw call.config().wrong("an operand is no tensor and no number");
    }

    private static Value first(LayerCall call) {
        Object operand =
                operand(
                        call,
                        0,
                        "x",
                        "input",
                        "inputs",
                        "features",
                        "tensor",
                        "input_tensor",
                        "images");
        return value(call, operand);
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
                                    Value x = first(call);
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
                        "glu", new String[] {"Glu"});
        functions.forEach(
                (name, names) -> put(call -> Activations.named(call, name, first(call)), names));
        put(
                call ->
                        Activations.gelu(
                                call,
                                call.setting("approximate", 1)
                                        .map(JsonElement::getAsBoolean)
                                        .orElse(call.layer().className().equals("Gelu")),
                                first(call)),
                "Gelu",
                "gelu");
        put(
                call -> {
                    Value x = first(call);
                    double slope = setting(call, 1, 0.2, "negative_slope", "alpha");
                    return x.as(Activations.leaky(call.ops(), x.output(), slope));
                },
                "LeakyRelu",
                "leaky_relu");
        put(
                call -> {
                    Value x = first(call);
                    return x.as(call.ops().emit("Elu", x.output()));
                },
                "Elu",
                "elu");
        put(
                call -> Activations.softmax(call, "Softmax", axis(call, -1), first(call)),
                "Softmax",
                "softmax");
        put(
                call -> Activations.softmax(call, "LogSoftmax", axis(call, -1), first(call)),
                "LogSoftmax",
                "log_softmax");
        put(
                call -> {
                    Value x = first(call);
                    double low = setting(call, 1, 0, "x_min", "clip_value_min", "min_value");
                    double high = setting(call, 2, 0, "x_max", "clip_value_max", "max_value");
                    return x.as(Activations.clip(call.ops(), x.output(), low, high));
                },
                "Clip",
                "clip_by_value");
        put(
                Operators::first,
                "Identity",
                "identity",
                "Cast",
                "cast",
                "convert_to_tensor",
                "Copy",
                "ConvertToTensor");
    }

    private static double setting(LayerCall call, int place, double fallback, String... names) {
        for (String name : names) {
            Optional<JsonElement> found = call.setting(name, place);
            if (found.isPresent()
                    && found.get() instanceof JsonPrimitive number
                    && number.isNumber()) {
                return number.getAsDouble();
            }
        }
        return fallback;
    }

    private static int axis(LayerCall call, int fallback) {
        return (int) setting(call, 1, fallback, "axis");
    }

    private static void reductions() {
        Map.of(
                        "Mean", new String[] {"Mean", "reduce_mean"},
                        "Sum", new String[] {"Sum", "reduce_sum"},
                        "Max", new String[] {"Max", "Amax", "reduce_max"},
                        "Min", new String[] {"Min", "Amin", "reduce_min"},
                        "Prod", new String[] {"Prod", "reduce_prod"})
                .forEach((op, names) -> put(call -> reduce(call, op), names));
    }

    private static Value reduce(LayerCall call, String op) {
        Ops g = call.ops();
        Value x = call.plain(first(call));
        boolean keep = call.setting("keepdims", 2).map(JsonElement::getAsBoolean).orElse(false);
        int[] axes =
                call.setting("axis", 1)
                        .map(value -> wholes(call, value))
                        .orElseGet(() -> IntStream.range(0, x.rank()).toArray());
        boolean[] gone = new boolean[x.rank()];
        for (int axis : axes) {
            gone[checked(call, axis, x.rank())] = true;
        }
        if (gone[0]) {
            throw call.config().unsupported("a reduction over the batch");
        }
        int[] list = IntStream.range(0, x.rank()).filter(i -> gone[i]).toArray();
        Output y = g.emit(op, List.of(x.output(), g.vector(list)), "keep_dims", keep);
        int[] shape =
                IntStream.range(0, x.rank())
                        .filter(i -> keep || !gone[i])
                        .map(i -> gone[i] ? 1 : x.shape()[i])
                        .toArray();
        return LayerCall.value(y, shape);
    }

    private static int checked(LayerCall call, int axis, int rank) {
        int at = axis < 0 ? axis + rank : axis;
        if (at < 0 || at >= rank) {
            throw call.config().wrong("its axis is " + axis);
        }
        return at;
    }

    private static int[] wholes(LayerCall call, JsonElement value) {
        JsonObject holder = new JsonObject();
        holder.add("value", value);
        return new Config(call.layer().title(), holder).wholes("value");
    }

    private static void shapes() {
        put(Operators::reshape, "Reshape", "reshape");
        put(
                call -> {
                    Value x = call.plain(first(call));
                    int[] order =
                            call.setting("axes", 1)
                                    .or(() -> call.setting("perm", 1))
                                    .map(value -> wholes(call, value))
                                    .orElseGet(() -> reversed(x.rank()));
                    if (order.length == 0 || order[0] != 0) {
                        throw call.config().unsupported("the batch moved to another axis");
                    }
                    return Shaping.transpose(call, x, order);
                },
                "Transpose",
                "transpose");
        put(
                call -> {
                    Value x = call.plain(first(call));
                    int axis = checked(call, axis(call, -1), x.rank() + 1);
                    int[] shape = new int[x.rank() + 1];
                    for (int i = 0; i < shape.length; i++) {
                        shape[i] = i == axis ? 1 : x.shape()[i < axis ? i : i - 1];
                    }
                    return LayerCall.value(
                            call.ops().emit("ExpandDims", x.output(), call.ops().scalar(axis)),
                            shape);
                },
                "ExpandDims",
                "expand_dims");
        put(Operators::squeeze, "Squeeze", "squeeze");
        put(
                call -> {
                    List<Value> parts = call.inputs();
                    return Merging.concatenate(call, parts, axis(call, -1));
                },
                "Concatenate",
                "concat");
        put(Operators::stack, "Stack", "stack");
        put(Operators::product, "Matmul", "matmul");
        put(Operators::item, "GetItem", "__operators__.getitem");
        put(Operators::einsum, "Einsum", "einsum");
        put(Operators::pad, "Pad", "pad");
        put(Operators::resize, "Resize", "image.resize");
        put(
                call -> {
                    Value x = first(call);
                    return x.as(
                            call.ops()
                                    .emit(
                                            "BiasAdd",
                                            call.plain(x).output(),
                                            value(call, operand(call, 1, "bias")).output()));
                },
                "bias_add");
    }

    private static int[] reversed(int rank) {
        return IntStream.range(0, rank).map(i -> rank - 1 - i).toArray();
    }

    private static Value reshape(LayerCall call) {
        int[] target =
                call.setting("newshape", 1)
                        .or(() -> call.setting("shape", 1))
                        .map(value -> wholes(call, value))
                        .orElseThrow(() -> call.config().unsupported("a shape that is computed"));
        if (target.length < 1) {
            throw call.config().unsupported("that shape");
        }
        LayerCall of = with(call, first(call));
        int[] rest = Arrays.copyOfRange(target, 1, target.length);
        boolean free = Arrays.stream(rest).anyMatch(extent -> extent < 0);
        Value x = of.input();
        if (target[0] >= 0 && !free) {
            throw call.config().unsupported("a batch of fixed size");
        }
        if (target[0] < 0 && free) {
            throw call.config().wrong("newshape is " + Arrays.toString(target));
        }
        return Shaping.reshape(with(call, x), rest);
    }

    private static LayerCall with(LayerCall call, Value input) {
        return new LayerCall(
                call.layer(),
                call.weights(),
                List.of(input),
                call.arguments(),
                call.named(),
                call.builder(),
                call.ops(),
                call.variables(),
                call.inner());
    }

    private static Value squeeze(LayerCall call) {
        Value x = call.plain(first(call));
        int[] axes =
                call.setting("axis", 1)
                        .map(value -> wholes(call, value))
                        .orElseGet(
                                () ->
                                        IntStream.range(1, x.rank())
                                                .filter(i -> x.shape()[i] == 1)
                                                .toArray());
        boolean[] gone = new boolean[x.rank()];
        for (int axis : axes) {
            gone[checked(call, axis, x.rank())] = true;
        }
        long[] list = IntStream.range(0, x.rank()).filter(i -> gone[i]).asLongStream().toArray();
        int[] shape =
                IntStream.range(0, x.rank()).filter(i -> !gone[i]).map(i -> x.shape()[i]).toArray();
        return LayerCall.value(
                call.ops().emit("Squeeze", List.of(x.output()), "squeeze_dims", Ops.list(list)),
                shape);
    }

    private static Value stack(LayerCall call) {
        List<Value> parts = call.inputs().stream().map(call::plain).toList();
        Value first = parts.get(0);
        int axis = checked(call, axis(call, 0), first.rank() + 1);
        if (axis == 0) {
            throw call.config().unsupported("a stack before the batch");
        }
        int[] shape = new int[first.rank() + 1];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = i == axis ? parts.size() : first.shape()[i < axis ? i : i - 1];
        }
        return LayerCall.value(
                call.ops().emit("Pack", parts.stream().map(Value::output).toList(), "axis", axis),
                shape);
    }

    private static Value product(LayerCall call) {
        Ops g = call.ops();
        Value a = call.plain(value(call, operand(call, 0, "x1", "a")));
        Value b = call.plain(value(call, operand(call, 1, "x2", "b")));
        boolean left = call.setting("transpose_a", -1).map(JsonElement::getAsBoolean).orElse(false);
        boolean right =
                call.setting("transpose_b", -1).map(JsonElement::getAsBoolean).orElse(false);
        if (a.rank() < 2 || b.rank() < 2) {
            throw call.config().unsupported("vectors");
        }
        int rank = Math.max(a.rank(), b.rank());
        int[] shape = Arrays.copyOf((a.rank() >= b.rank() ? a : b).shape(), rank);
        shape[rank - 2] = a.extent(left ? -1 : -2);
        shape[rank - 1] = b.extent(right ? -2 : -1);
        boolean plain = rank == 2;
        Output y =
                plain
                        ? g.emit(
                                "MatMul",
                                List.of(a.output(), b.output()),
                                "transpose_a",
                                left,
                                "transpose_b",
                                right)
                        : g.emit(
                                "BatchMatMulV2",
                                List.of(a.output(), b.output()),
                                "adj_x",
                                left,
                                "adj_y",
                                right);
        return LayerCall.value(y, shape);
    }

    private static Value einsum(LayerCall call) {
        String equation =
                call.setting("subscripts", -1)
                        .or(() -> call.setting("equation", 0))
                        .map(JsonElement::getAsString)
                        .orElse("")
                        .replace(" ", "");
        String[] sides = equation.split("->");
        List<Value> inputs = call.inputs().stream().map(call::plain).toList();
        String[] in = sides[0].split(",");
        if (sides.length != 2
                || in.length != inputs.size()
                || in.length > 2
                || equation.contains(".")) {
            throw call.config().unsupported("the equation '" + equation + "'");
        }
        Map<Character, Integer> extents = new HashMap<>();
        for (int i = 0; i < in.length; i++) {
            for (int j = 0; j < in[i].length() && j < inputs.get(i).rank(); j++) {
                extents.merge(in[i].charAt(j), inputs.get(i).shape()[j], Math::max);
            }
        }
        int[] shape =
                sides[1].chars().map(letter -> extents.getOrDefault((char) letter, -1)).toArray();
        return LayerCall.value(
                call.ops()
                        .emit(
                                "Einsum",
                                inputs.stream().map(Value::output).toList(),
                                "equation",
                                equation),
                shape);
    }

    private static Value pad(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain(first(call));
        String mode = call.setting("mode", -1).map(JsonElement::getAsString).orElse("constant");
        int[] amounts =
                call.setting("pad_width", 1)
                        .or(() -> call.setting("paddings", 1))
                        .map(value -> flat(call, value))
                        .orElseThrow(() -> call.config().unsupported("amounts that are computed"));
        if (amounts.length != 2 * x.rank()) {
            throw call.config().wrong("it pads by " + Arrays.toString(amounts));
        }
        int[][] sides = new int[x.rank() - 2][];
        int[] shape = x.shape().clone();
        for (int i = 0; i < x.rank(); i++) {
            shape[i] = shape[i] < 0 ? -1 : shape[i] + amounts[2 * i] + amounts[2 * i + 1];
        }
        Output table =
                g.constant(
                        org.tensorflow.proto.DataType.DT_INT32,
                        amounts.length * Integer.BYTES,
                        buffer -> buffer.asIntBuffer().put(amounts),
                        x.rank(),
                        2);
        return switch (mode.toLowerCase(java.util.Locale.ROOT)) {
            case "constant" -> {
                double value = setting(call, -1, 0, "constant_values");
                yield LayerCall.value(
                        value == 0
                                ? g.emit("Pad", x.output(), table)
                                : g.emit("PadV2", x.output(), table, g.scalar(value, x.output())),
                        shape);
            }
            case "reflect", "symmetric" ->
                    LayerCall.value(
                            g.emit(
                                    "MirrorPad",
                                    List.of(x.output(), table),
                                    "mode",
                                    mode.toUpperCase(java.util.Locale.ROOT)),
                            shape);
            default ->
                    throw call.config()
                            .unsupported("padding '" + mode + "' of " + sides.length + " axes");
        };
    }

    private static int[] flat(LayerCall call, JsonElement value) {
        JsonObject holder = new JsonObject();
        holder.add("value", value);
        float[] numbers = new Config(call.layer().title(), holder).numbers("value");
        return IntStream.range(0, numbers.length).map(i -> (int) numbers[i]).toArray();
    }

    private static Value resize(LayerCall call) {
        Value x = call.image(first(call), 4);
        int[] size =
                call.setting("size", 1)
                        .map(value -> wholes(call, value))
                        .filter(given -> given.length == 2)
                        .orElseThrow(() -> call.config().unsupported("a size that is computed"));
        String how =
                call.setting("interpolation", 2)
                        .or(() -> call.setting("method", 2))
                        .filter(JsonElement::isJsonPrimitive)
                        .map(JsonElement::getAsString)
                        .orElse("bilinear");
        boolean smooth = call.setting("antialias", -1).map(JsonElement::getAsBoolean).orElse(false);
        for (String flag :
                List.of("crop_to_aspect_ratio", "pad_to_aspect_ratio", "preserve_aspect_ratio")) {
            if (call.setting(flag, -1).map(JsonElement::getAsBoolean).orElse(false)) {
                throw call.config().unsupported(flag);
            }
        }
        Output y = Resampling.resize(call, x.output(), call.ops().vector(size), how, smooth);
        return call.fromImage(LayerCall.value(y, x.shape()[0], size[0], size[1], x.extent(-1)));
    }

    /** x[…]: slices, places, new axes, of the batch only all. */
    private static Value item(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain(first(call));
        JsonElement key =
                call.setting("key", 1)
                        .or(() -> call.setting("slice_spec", 1))
                        .orElseThrow(() -> call.config().unsupported("places that are computed"));
        List<JsonElement> parts = new ArrayList<>();
        if (key instanceof JsonArray array) {
            array.forEach(parts::add);
        } else {
            parts.add(key);
        }
        long fixed = parts.stream().filter(part -> !isEllipsis(part) && !part.isJsonNull()).count();
        int ellipsis = (int) (x.rank() - fixed);
        if (ellipsis < 0) {
            throw call.config().wrong("it takes " + key);
        }
        List<JsonElement> all = new ArrayList<>();
        boolean spread = false;
        for (JsonElement part : parts) {
            if (isEllipsis(part)) {
                for (int i = 0; i < ellipsis && !spread; i++) {
                    all.add(new JsonObject());
                }
                spread = true;
            } else {
                all.add(part);
            }
        }
        for (int i = 0; i < ellipsis && !spread; i++) {
            all.add(new JsonObject());
        }
        int n = all.size();
        int[] begin = new int[n];
        int[] end = new int[n];
        int[] step = Window.ones(n);
        int beginMask = 0;
        int endMask = 0;
        int newAxis = 0;
        int shrink = 0;
        int axis = 0;
        List<Integer> shape = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            JsonElement part = all.get(i);
            if (part.isJsonNull()) {
                newAxis |= 1 << i;
                shape.add(1);
                continue;
            }
            int extent = x.shape()[axis];
            if (part.isJsonPrimitive()) {
                if (axis == 0) {
                    throw call.config().unsupported("one image of the batch");
                }
                begin[i] = part.getAsInt();
                end[i] = begin[i] + 1;
                shrink |= 1 << i;
                if (begin[i] == -1) {
                    endMask |= 1 << i;
                }
            } else {
                Integer from = bound(part, "start");
                Integer to = bound(part, "stop");
                Integer by = bound(part, "step");
                step[i] = by == null ? 1 : by;
                begin[i] = from == null ? 0 : from;
                end[i] = to == null ? 0 : to;
                beginMask |= from == null ? 1 << i : 0;
                endMask |= to == null ? 1 << i : 0;
                boolean whole = from == null && to == null && step[i] == 1;
                if (axis == 0 && !whole) {
                    throw call.config().unsupported("a part of the batch");
                }
                shape.add(
                        whole ? extent : extent < 0 ? -1 : length(call, extent, from, to, step[i]));
            }
            axis++;
        }
        Output y =
                g.emit(
                        "StridedSlice",
                        List.of(x.output(), g.vector(begin), g.vector(end), g.vector(step)),
                        "begin_mask",
                        beginMask,
                        "end_mask",
                        endMask,
                        "new_axis_mask",
                        newAxis,
                        "shrink_axis_mask",
                        shrink);
        return LayerCall.value(y, shape.stream().mapToInt(Integer::intValue).toArray());
    }

    private static boolean isEllipsis(JsonElement part) {
        return part instanceof JsonObject object
                && object.has("class_name")
                && object.get("class_name").getAsString().equals("__ellipsis__");
    }

    private static Integer bound(JsonElement slice, String name) {
        JsonObject object = slice.getAsJsonObject();
        JsonObject bounds = object.get("config") instanceof JsonObject inner ? inner : object;
        JsonElement value = bounds.get(name);
        return value == null || value.isJsonNull() ? null : value.getAsInt();
    }

    /** As Python counts. */
    private static int length(LayerCall call, int extent, Integer from, Integer to, int step) {
        if (step == 0) {
            throw call.config().wrong("its step is 0");
        }
        int low = step > 0 ? 0 : -1;
        int high = step > 0 ? extent : extent - 1;
        int start =
                from == null
                        ? step > 0 ? 0 : extent - 1
                        : clamp(from < 0 ? from + extent : from, low, high);
        int stop =
                to == null ? step > 0 ? extent : -1 : clamp(to < 0 ? to + extent : to, low, high);
        return Math.max(0, (stop - start + step - Integer.signum(step)) / step);
    }

    private static int clamp(int value, int low, int high) {
        return Math.max(low, Math.min(high, value));
    }
}
