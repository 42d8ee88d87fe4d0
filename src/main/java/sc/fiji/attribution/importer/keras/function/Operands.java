/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.function;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;
import sc.fiji.attribution.importer.keras.file.Config;
import sc.fiji.attribution.importer.keras.layer.LayerCall;
import sc.fiji.attribution.importer.network.Value;

/** What a function is called with: tensors, numbers, and settings by place or by name. */
final class Operands {

    private Operands() {}

    static Object operand(LayerCall call, int place, String... names) {
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
    static Value value(LayerCall call, Object operand) {
        if (operand instanceof Value value) {
            return value;
        }
        if (operand instanceof JsonElement json) {
            int[] extents = extents(json);
            return LayerCall.value(call.constant(numbers(call, json, extents), extents), extents);
        }
        throw call.config().wrong("an operand is no tensor and no number");
    }

    /** Of nested lists, or of a NumPy array. */
    private static int[] extents(JsonElement json) {
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
        return shape.stream().mapToInt(Integer::intValue).toArray();
    }

    private static float[] numbers(LayerCall call, JsonElement json, int... extents) {
        JsonObject holder = new JsonObject();
        holder.add("operand", json);
        float[] values = new Config(call.layer().title(), holder).numbers("operand");
        if (Arrays.stream(extents).reduce(1, (a, b) -> a * b) != values.length) {
            throw call.config().wrong("an operand is " + json);
        }
        return values;
    }

    /** Places along an axis, with the shape that they are given in. */
    static Value places(LayerCall call, JsonElement json) {
        int[] extents = extents(json);
        float[] given = numbers(call, json, extents);
        double[] places = IntStream.range(0, given.length).mapToDouble(i -> given[i]).toArray();
        if (Arrays.stream(places).anyMatch(place -> place != Math.rint(place))) {
            throw call.config().wrong("its places are " + json);
        }
        return Value.known(DataType.DT_INT64, extents, places);
    }

    static Value first(LayerCall call) {
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

    static double setting(LayerCall call, int place, double fallback, String... names) {
        for (String name : names) {
            Optional<JsonElement> found = call.setting(name, place);
            if (found.isPresent()) {
                if (found.get() instanceof JsonPrimitive number && !number.isBoolean()) {
                    return number.getAsDouble();
                }
                throw call.config().unsupported(name + " " + found.get());
            }
        }
        return fallback;
    }

    /**
     * The type that a function is told to give; float where it is told none, and for floating point
     * of whatever width.
     */
    static DataType type(LayerCall call, int place) {
        // Beside a function's name Keras 2 has the layer's own type.
        boolean told = call.named().containsKey("dtype") || !call.config().has("function");
        Optional<JsonElement> asked = told ? call.setting("dtype", place) : Optional.empty();
        String name = asked.map(each -> each.toString().replace("\"", "")).orElse("float32");
        return switch (name) {
            case "int32" -> DataType.DT_INT32;
            case "int64" -> DataType.DT_INT64;
            case "bool" -> DataType.DT_BOOL;
            default -> {
                if (!name.matches("b?float\\d*")) {
                    throw call.config().unsupported("the type " + name);
                }
                yield DataType.DT_FLOAT;
            }
        };
    }

    static boolean flag(LayerCall call, int place, String name) {
        return call.setting(name, place).map(JsonElement::getAsBoolean).orElse(false);
    }

    /** The one axis that is said; several are refused. */
    static int axis(LayerCall call, int fallback) {
        Optional<int[]> axes = call.setting("axis", 1).map(value -> wholes(call, value));
        boolean all = axes.isEmpty() && call.config().json().has("axis");
        if (all || axes.isPresent() && axes.get().length != 1) {
            throw call.config().unsupported(all ? "all axes at once" : "several axes");
        }
        return axes.map(each -> each[0]).orElse(fallback);
    }

    static int checked(LayerCall call, int axis, int rank) {
        int at = axis < 0 ? axis + rank : axis;
        if (at < 0 || at >= rank) {
            throw call.config().wrong("its axis is " + axis);
        }
        return at;
    }

    static int[] wholes(LayerCall call, JsonElement value) {
        JsonObject holder = new JsonObject();
        holder.add("value", value);
        return new Config(call.layer().title(), holder).wholes("value");
    }

    static int[] flat(LayerCall call, JsonElement value) {
        JsonObject holder = new JsonObject();
        holder.add("value", value);
        float[] numbers = new Config(call.layer().title(), holder).numbers("value");
        return IntStream.range(0, numbers.length).map(i -> (int) numbers[i]).toArray();
    }
}
