/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.file;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.core.ModelException;

/**
 * What a layer says of itself. Every complaint names the layer.
 *
 * @param layer by which messages call it, such as {@code 'last_conv' (Conv3D)}
 * @param json its entries
 */
public record Config(String layer, JsonObject json) {

    public boolean has(String key) {
        return json.has(key) && !json.get(key).isJsonNull();
    }

    public Optional<JsonElement> get(String key) {
        return has(key) ? Optional.of(json.get(key)) : Optional.empty();
    }

    public String text(String key, String fallback) {
        return get(key).map(value -> as(key, value, JsonElement::getAsString)).orElse(fallback);
    }

    public double number(String key, double fallback) {
        return get(key).map(value -> as(key, value, JsonElement::getAsDouble)).orElse(fallback);
    }

    public int whole(String key, int fallback) {
        return get(key).map(value -> as(key, value, Config::toInt)).orElse(fallback);
    }

    /** A whole number that must be there and above zero. */
    public int count(String key) {
        return positive(key, whole(key, 0));
    }

    public boolean flag(String key, boolean fallback) {
        return get(key).map(value -> as(key, value, JsonElement::getAsBoolean)).orElse(fallback);
    }

    /** A list of whole numbers, or one number for all. */
    public int[] counts(String key, int length, int fallback) {
        int[] values = wholes(key, length, fallback);
        for (int value : values) {
            positive(key, value);
        }
        return values;
    }

    private int positive(String key, int value) {
        if (value < 1 || value > 1 << 24) {
            throw wrong(key + " is " + value);
        }
        return value;
    }

    /** A list of whole numbers, or one number for all. */
    public int[] wholes(String key, int length, int fallback) {
        int[] values = new int[length];
        Arrays.fill(values, fallback);
        if (!has(key)) {
            return values;
        }
        JsonElement value = json.get(key);
        if (!value.isJsonArray()) {
            Arrays.fill(values, as(key, value, Config::toInt));
            return values;
        }
        JsonArray array = value.getAsJsonArray();
        if (array.size() != length) {
            throw wrong(key + " is " + value);
        }
        for (int i = 0; i < length; i++) {
            values[i] = as(key, array.get(i), Config::toInt);
        }
        return values;
    }

    /** A list of whole numbers of any length. */
    public int[] wholes(String key) {
        JsonElement value = get(key).orElseThrow(() -> wrong(key + " is missing"));
        return value.isJsonArray()
                ? wholes(key, value.getAsJsonArray().size(), 0)
                : wholes(key, 1, 0);
    }

    /** A number, or a list of numbers of any depth, in order. */
    public float[] numbers(String key) {
        List<Float> values = new ArrayList<>();
        get(key).ifPresent(value -> flatten(key, value, values, 0));
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }

    private void flatten(String key, JsonElement value, List<Float> into, int depth) {
        if (value instanceof JsonObject array
                && array.get("config") instanceof JsonObject config
                && config.has("value")
                && depth < 8) {
            // A NumPy array, written out.
            flatten(key, config.get("value"), into, depth + 1);
        } else if (value.isJsonArray() && depth < 8) {
            value.getAsJsonArray().forEach(each -> flatten(key, each, into, depth + 1));
        } else {
            into.add(as(key, value, JsonElement::getAsFloat));
        }
    }

    /** Another object in it; empty where there is none. */
    public Optional<Config> object(String key) {
        return get(key).filter(JsonElement::isJsonObject)
                .map(value -> new Config(layer, value.getAsJsonObject()));
    }

    private static int toInt(JsonElement value) {
        double number = value.getAsDouble();
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            throw new NumberFormatException("no whole number");
        }
        return (int) number;
    }

    private <T> T as(
            String key, JsonElement value, java.util.function.Function<JsonElement, T> to) {
        try {
            return to.apply(value);
        } catch (NumberFormatException
                | IllegalStateException
                | ClassCastException
                | UnsupportedOperationException e) {
            throw wrong(key + " is " + value);
        }
    }

    /** A complaint about the layer. */
    public ModelException wrong(String what) {
        return new ModelException("Layer " + layer + " cannot be read: " + OneLine.of(what) + ".");
    }

    /** What Keras allows and this plug-in does not do. */
    public ModelException unsupported(String what) {
        return new ModelException(
                "Layer "
                        + layer
                        + " is not supported with "
                        + OneLine.of(what)
                        + ": export the model as a SavedModel, with model.export(folder).");
    }
}
