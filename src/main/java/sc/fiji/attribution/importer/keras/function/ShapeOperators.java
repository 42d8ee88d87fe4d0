/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.function;

import com.google.gson.JsonElement;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.keras.layer.LayerCall;
import sc.fiji.attribution.importer.keras.layer.Merging;
import sc.fiji.attribution.importer.keras.layer.Resampling;
import sc.fiji.attribution.importer.keras.layer.Shaping;
import sc.fiji.attribution.importer.network.Products;
import sc.fiji.attribution.importer.network.Value;

/** Functions that move values, or multiply them as matrices. */
final class ShapeOperators {

    private ShapeOperators() {}

    /** Enters them into the table. */
    static void add() {
        Operators.put(ShapeOperators::reshape, "Reshape", "reshape");
        Operators.put(
                call -> {
                    Value x = call.plain(Operands.first(call));
                    int[] order =
                            call.setting("axes", 1)
                                    .or(() -> call.setting("perm", 1))
                                    .map(value -> Operands.wholes(call, value))
                                    .orElseGet(() -> reversed(x.rank()));
                    if (order.length == 0 || order[0] != 0) {
                        throw call.config().unsupported("the batch moved to another axis");
                    }
                    return Shaping.transpose(call, x, order);
                },
                "Transpose",
                "transpose");
        Operators.put(
                call -> {
                    Value x = call.plain(Operands.first(call));
                    int axis = Operands.checked(call, Operands.axis(call, -1), x.rank() + 1);
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
        Operators.put(ShapeOperators::squeeze, "Squeeze", "squeeze");
        Operators.put(
                call -> {
                    List<Value> parts = call.inputs();
                    return Merging.concatenate(call, parts, Operands.axis(call, -1));
                },
                "Concatenate",
                "concat");
        Operators.put(ShapeOperators::stack, "Stack", "stack");
        Operators.put(ShapeOperators::product, "Matmul", "matmul");
        Operators.put(Indexing::item, "GetItem", "__operators__.getitem");
        Operators.put(ShapeOperators::einsum, "Einsum", "einsum");
        Operators.put(ShapeOperators::pad, "Pad", "pad");
        Operators.put(ShapeOperators::resize, "Resize", "image.resize");
        Operators.put(
                call -> {
                    Value x = Operands.first(call);
                    return x.as(
                            call.ops()
                                    .emit(
                                            "BiasAdd",
                                            call.plain(x).output(),
                                            Operands.value(call, Operands.operand(call, 1, "bias"))
                                                    .output()));
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
                        .map(value -> Operands.wholes(call, value))
                        .orElseThrow(() -> call.config().unsupported("a shape that is computed"));
        if (target.length < 1) {
            throw call.config().unsupported("that shape");
        }
        LayerCall of = with(call, Operands.first(call));
        int[] rest = Arrays.copyOfRange(target, 1, target.length);
        boolean free = Arrays.stream(rest).anyMatch(extent -> extent < 0);
        Value x = of.input();
        if (target[0] >= 0 && !free) {
            throw call.config().unsupported("a batch of fixed size");
        }
        if (target[0] < 0 && free) {
            throw call.config().wrong("newshape is " + Arrays.toString(target));
        }
        Value plain = call.plain(x);
        if (target[0] < 0
                && plain.isKnown(1)
                && product(rest) != product(Arrays.copyOfRange(plain.shape(), 1, plain.rank()))) {
            // Slices become images of a batch, or images of it slices again.
            Output moved = call.ops().reshape(plain.output(), call.ops().vector(target));
            return LayerCall.value(moved, target);
        }
        return Shaping.reshape(with(call, x), rest);
    }

    private static long product(int... extents) {
        return Arrays.stream(extents).asLongStream().reduce(1, (a, b) -> a * b);
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
        Value x = call.plain(Operands.first(call));
        int[] axes =
                call.setting("axis", 1)
                        .map(value -> Operands.wholes(call, value))
                        .orElseGet(
                                () ->
                                        IntStream.range(1, x.rank())
                                                .filter(i -> x.shape()[i] == 1)
                                                .toArray());
        boolean[] gone = new boolean[x.rank()];
        for (int axis : axes) {
            gone[Operands.checked(call, axis, x.rank())] = true;
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
        int axis = Operands.checked(call, Operands.axis(call, 0), first.rank() + 1);
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
        Value a = call.plain(Operands.value(call, Operands.operand(call, 0, "x1", "a")));
        Value b = call.plain(Operands.value(call, Operands.operand(call, 1, "x2", "b")));
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
                        .orElse("");
        List<Value> inputs = call.inputs().stream().map(call::plain).toList();
        return Products.einsum(call.builder(), equation, inputs);
    }

    private static Value pad(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain(Operands.first(call));
        String mode = call.setting("mode", -1).map(JsonElement::getAsString).orElse("constant");
        int[] amounts =
                call.setting("pad_width", 1)
                        .or(() -> call.setting("paddings", 1))
                        .map(value -> Operands.flat(call, value))
                        .orElseThrow(() -> call.config().unsupported("amounts that are computed"));
        if (amounts.length != 2 * x.rank()) {
            throw call.config().wrong("it pads by " + Arrays.toString(amounts));
        }
        int[] shape = x.shape().clone();
        for (int i = 0; i < x.rank(); i++) {
            shape[i] = shape[i] < 0 ? -1 : shape[i] + amounts[2 * i] + amounts[2 * i + 1];
        }
        Output table =
                g.constant(
                        DataType.DT_INT32,
                        amounts.length * Integer.BYTES,
                        buffer -> buffer.asIntBuffer().put(amounts),
                        x.rank(),
                        2);
        return switch (mode.toLowerCase(Locale.ROOT)) {
            case "constant" -> {
                double value = Operands.setting(call, -1, 0, "constant_values");
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
                                    mode.toUpperCase(Locale.ROOT)),
                            shape);
            default ->
                    throw call.config()
                            .unsupported("padding '" + mode + "' of " + (x.rank() - 2) + " axes");
        };
    }

    private static Value resize(LayerCall call) {
        Value x = call.image(Operands.first(call), 4);
        int[] size =
                call.setting("size", 1)
                        .map(value -> Operands.wholes(call, value))
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
}
