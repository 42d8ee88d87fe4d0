/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.file;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sc.fiji.attribution.core.ModelException;

/**
 * Reads the JSON in which Keras keeps a model's architecture: of Keras 3, where layers say from
 * which module they are and calls have arguments, and of Keras 1 and 2, where a call is a list of
 * lists. A layer that is an object twice (shared by two networks) is one here too.
 */
public final class Architecture {

    /** More than any network that people train, and few enough to be told soon. */
    private static final int MOST_LAYERS = 20_000;

    private static final int DEEPEST = 32;

    /** Layers that hold others, and under which key. */
    private static final Map<String, List<String>> WRAPPERS =
            Map.of(
                    "TimeDistributed", List.of("layer"),
                    "Bidirectional", List.of("layer", "backward_layer"),
                    "SpectralNormalization", List.of("layer"),
                    "Wrapper", List.of("layer"),
                    "RNN", List.of("cell"));

    private static final Set<String> NETWORKS = Set.of("Functional", "Model", "Sequential");

    /** The input of a sequence that does not name it. */
    public static final String UNNAMED_INPUT = "input of the sequence";

    /** What holds a function of TensorFlow's in Keras 2. */
    private static final Set<String> FUNCTIONS = Set.of("TFOpLambda", "SlicingOpLambda");

    /** Keras 1's names of settings, and Keras 2's. */
    private static final Map<String, String> RENAMED =
            Map.of(
                    "nb_filter", "filters",
                    "subsample", "strides",
                    "filter_length", "kernel_size",
                    "subsample_length", "strides",
                    "atrous_rate", "dilation_rate",
                    "bias", "use_bias");

    private int count;
    private final Map<String, SavedLayer> shared = new HashMap<>();

    /**
     * The network in a file.
     *
     * @throws ModelException where it is none
     */
    public static LayerGraph read(JsonObject saved) {
        Architecture reader = new Architecture();
        String kind = kind(saved);
        if (!kind.startsWith("layer:") || !NETWORKS.contains(kind.substring(6))) {
            throw new ModelException(
                    "The model is of the author's own class '"
                            + OneLine.of(text(saved, "class_name"))
                            + "', whose code is not in the file: export it as a SavedModel, with"
                            + " model.export(folder).");
        }
        return reader.network(kind.substring(6), saved.get("config"), 0);
    }

    private LayerGraph network(String kind, JsonElement config, int depth) {
        if (depth > DEEPEST) {
            throw new ModelException(
                    "Its models are nested more than " + DEEPEST + " deep, which no network is.");
        }
        JsonObject object =
                config != null && config.isJsonObject()
                        ? config.getAsJsonObject()
                        : new JsonObject();
        JsonArray layers =
                config != null && config.isJsonArray()
                        ? config.getAsJsonArray()
                        : array(object, "layers");
        String name = object.has("name") ? text(object, "name") : "model";
        List<SavedLayer> read = new ArrayList<>();
        Set<String> names = new HashSet<>();
        List<JsonObject> specs = new ArrayList<>();
        for (JsonElement layer : layers) {
            if (!layer.isJsonObject()) {
                throw new ModelException("Its list of layers holds something else.");
            }
            specs.add(layer.getAsJsonObject());
            names.add(name(layer.getAsJsonObject()));
        }
        if (kind.equals("Sequential")) {
            return sequence(name, object, specs, depth);
        }
        for (JsonObject spec : specs) {
            read.add(layer(spec, calls(spec, names), depth));
        }
        unique(read);
        return new LayerGraph(
                name,
                read,
                references(object.get("input_layers")),
                references(object.get("output_layers")),
                false);
    }

    private LayerGraph sequence(String name, JsonObject config, List<JsonObject> specs, int depth) {
        List<SavedLayer> layers = new ArrayList<>();
        String before = "";
        for (JsonObject spec : specs) {
            if (before.isEmpty() && !text(spec, "class_name").equals("InputLayer")) {
                SavedLayer input = input(config, spec);
                layers.add(input);
                before = input.name();
            }
            List<SavedLayer.Call> calls =
                    before.isEmpty()
                            ? List.of()
                            : List.of(
                                    new SavedLayer.Call(
                                            List.of(new Argument.Of(before, 0, 0)), Map.of()));
            SavedLayer layer = layer(spec, calls, depth);
            layers.add(layer);
            before = layer.name();
        }
        if (layers.isEmpty()) {
            throw new ModelException("the model has no layers: save it again.");
        }
        unique(layers);
        return new LayerGraph(
                name,
                layers,
                List.of(new Argument.Of(layers.get(0).name(), 0, 0)),
                List.of(new Argument.Of(before, 0, 0)),
                true);
    }

    /** The input that a sequence does not name. */
    private static SavedLayer input(JsonObject sequence, JsonObject first) {
        JsonObject config = new JsonObject();
        JsonObject own =
                first.get("config") instanceof JsonObject object ? object : new JsonObject();
        for (String key : List.of("batch_shape", "batch_input_shape")) {
            if (own.has(key)) {
                config.add("batch_shape", own.get(key));
            }
        }
        if (!config.has("batch_shape") && sequence.has("build_input_shape")) {
            config.add("batch_shape", sequence.get("build_input_shape"));
        }
        return new SavedLayer(
                UNNAMED_INPUT,
                "layer:InputLayer",
                new Config("'input'", config),
                List.of(),
                Optional.empty(),
                Map.of(),
                true);
    }

    private static void unique(List<SavedLayer> layers) {
        Set<String> names = new HashSet<>();
        for (SavedLayer layer : layers) {
            if (!names.add(layer.name())) {
                throw new ModelException(
                        "It has two layers named '" + OneLine.of(layer.name()) + "'.");
            }
        }
    }

    private SavedLayer layer(JsonObject spec, List<SavedLayer.Call> calls, int depth) {
        if (++count > MOST_LAYERS) {
            throw new ModelException(
                    "It has more than " + MOST_LAYERS + " layers, which no network has.");
        }
        String object = spec.has("shared_object_id") ? text(spec, "shared_object_id") : "";
        SavedLayer known = shared.get(object);
        String kind = kind(spec);
        String className = kind.substring(kind.indexOf(':') + 1);
        String name = name(spec);
        boolean model = kind.startsWith("layer:") && NETWORKS.contains(className);
        JsonObject own =
                spec.get("config") instanceof JsonObject config ? config : new JsonObject();
        modernise(own);
        Config config =
                new Config("'" + OneLine.of(name) + "' (" + OneLine.of(className) + ")", own);
        if (known != null && known.kind().equals(kind)) {
            return new SavedLayer(
                    name,
                    kind,
                    known.config(),
                    calls,
                    known.network(),
                    known.wrapped(),
                    known.trainable());
        }
        Map<String, SavedLayer> wrapped = wrapped(className, own, depth);
        SavedLayer layer =
                new SavedLayer(
                        name,
                        kind,
                        config,
                        calls,
                        model
                                ? Optional.of(network(className, spec.get("config"), depth + 1))
                                : Optional.empty(),
                        wrapped,
                        config.flag("trainable", true));
        if (!object.isEmpty()) {
            shared.put(object, layer);
        }
        return layer;
    }

    /** Layers that a layer applies, by attribute; those of a list by class, as in the weights. */
    private Map<String, SavedLayer> wrapped(String className, JsonObject own, int depth) {
        Map<String, SavedLayer> wrapped = new LinkedHashMap<>();
        for (String key : WRAPPERS.getOrDefault(className, List.of())) {
            if (own.get(key) instanceof JsonObject inner && inner.has("class_name")) {
                wrapped.put(key, inner(inner, depth));
            }
        }
        if (className.equals("StackedRNNCells") && own.get("cells") instanceof JsonArray cells) {
            Map<String, Integer> used = new HashMap<>();
            for (JsonElement cell : cells) {
                SavedLayer each = inner(cell.getAsJsonObject(), depth);
                String name = WeightPlaces.snakeCase(each.className());
                int number = used.merge(name, 1, Integer::sum) - 1;
                wrapped.put(number == 0 ? name : name + "_" + number, each);
            }
        }
        return wrapped;
    }

    private SavedLayer inner(JsonObject spec, int depth) {
        if (depth > DEEPEST) {
            throw new ModelException("Its layers are nested too deep.");
        }
        return layer(spec, List.of(), depth + 1);
    }

    /** Keras 1's settings by their later names. */
    private static void modernise(JsonObject config) {
        RENAMED.forEach(
                (older, newer) -> {
                    if (config.has(older) && !config.has(newer)) {
                        config.add(newer, config.get(older));
                    }
                });
        if (config.has("nb_row") && config.has("nb_col")) {
            JsonArray size = new JsonArray();
            for (String axis : List.of("nb_row", "nb_col")) {
                if (config.has(axis)) {
                    size.add(config.get(axis));
                }
            }
            config.add("kernel_size", size);
        }
    }

    /**
     * {@code layer:} and the class for Keras' own layers, {@code op:} and the class for its
     * functions, the author's name for all else.
     */
    private static String kind(JsonObject spec) {
        String className = text(spec, "class_name");
        String module = text(spec, "module");
        String registered = text(spec, "registered_name");
        if (FUNCTIONS.contains(className) && spec.get("config") instanceof JsonObject config) {
            return "op:" + text(config, "function");
        }
        boolean stated = spec.has("module");
        boolean keras =
                module.equals("keras")
                        || module.startsWith("keras.")
                        || module.startsWith("tf_keras.");
        if (stated && !keras || registered.contains(">") || className.contains(">")) {
            return registered.isEmpty() ? className : registered;
        }
        return (module.startsWith("keras.src.ops") || module.startsWith("keras.ops")
                        ? "op:"
                        : "layer:")
                + className;
    }

    private static String name(JsonObject spec) {
        String name = spec.has("name") ? text(spec, "name") : "";
        if (name.isEmpty() && spec.get("config") instanceof JsonObject config) {
            name = text(config, "name");
        }
        return name.isEmpty() ? text(spec, "class_name") : name;
    }

    private static List<SavedLayer.Call> calls(JsonObject spec, Set<String> names) {
        List<SavedLayer.Call> calls = new ArrayList<>();
        for (JsonElement node : array(spec, "inbound_nodes")) {
            calls.add(
                    node.isJsonObject()
                            ? call(node.getAsJsonObject())
                            : olderCall(node.getAsJsonArray(), names));
        }
        return calls;
    }

    private static SavedLayer.Call call(JsonObject node) {
        List<Argument> arguments = new ArrayList<>();
        array(node, "args").forEach(argument -> arguments.add(argument(argument)));
        Map<String, Argument> named = new LinkedHashMap<>();
        if (node.get("kwargs") instanceof JsonObject kwargs) {
            kwargs.entrySet().forEach(e -> named.put(e.getKey(), argument(e.getValue())));
        }
        return new SavedLayer.Call(arguments, named);
    }

    private static Argument argument(JsonElement value) {
        if (value instanceof JsonObject object) {
            if (text(object, "class_name").equals("__keras_tensor__")
                    && object.get("config") instanceof JsonObject config) {
                return reference(array(config, "keras_history"));
            }
            if (text(object, "class_name").equals("__tuple__")) {
                return argument(object.get("config").getAsJsonObject().get("items"));
            }
        }
        if (value instanceof JsonArray array && holdsTensor(array)) {
            List<Argument> items = new ArrayList<>();
            array.forEach(item -> items.add(argument(item)));
            return new Argument.Several(items);
        }
        return new Argument.Literal(value);
    }

    private static boolean holdsTensor(JsonArray array) {
        for (JsonElement item : array) {
            boolean tensor =
                    item instanceof JsonObject object
                            && text(object, "class_name").equals("__keras_tensor__");
            if (tensor || item instanceof JsonArray inner && holdsTensor(inner)) {
                return true;
            }
        }
        return false;
    }

    /** Keras 1 and 2: [[layer, call, tensor, {named arguments}], …]. */
    private static SavedLayer.Call olderCall(JsonArray node, Set<String> names) {
        List<Argument> tensors = new ArrayList<>();
        Map<String, Argument> named = new LinkedHashMap<>();
        JsonArray items = isTriple(node, names) ? new JsonArray() : node;
        if (items != node) {
            items.add(node);
        }
        for (JsonElement item : items) {
            JsonArray tensor = item.getAsJsonArray();
            boolean constant =
                    tensor.size() > 2
                            && tensor.get(0).isJsonPrimitive()
                            && tensor.get(0).getAsString().equals("_CONSTANT_VALUE");
            tensors.add(constant ? new Argument.Literal(tensor.get(2)) : reference(tensor));
            if (tensor.size() > 3 && tensor.get(3) instanceof JsonObject kwargs) {
                kwargs.entrySet()
                        .forEach(e -> named.putIfAbsent(e.getKey(), older(e.getValue(), names)));
            }
        }
        return new SavedLayer.Call(
                tensors.size() == 1 ? tensors : List.of(new Argument.Several(tensors)), named);
    }

    private static Argument older(JsonElement value, Set<String> names) {
        if (value instanceof JsonArray array) {
            if (isTriple(array, names)) {
                return reference(array);
            }
            List<Argument> items = new ArrayList<>();
            array.forEach(item -> items.add(older(item, names)));
            boolean tensors = items.stream().anyMatch(item -> !(item instanceof Argument.Literal));
            return tensors ? new Argument.Several(items) : new Argument.Literal(value);
        }
        return new Argument.Literal(value);
    }

    private static boolean isTriple(JsonArray array, Set<String> names) {
        return array.size() >= 3
                && isText(array.get(0))
                && names.contains(array.get(0).getAsString())
                && isNumber(array.get(1))
                && isNumber(array.get(2));
    }

    private static boolean isText(JsonElement value) {
        return value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
    }

    private static boolean isNumber(JsonElement value) {
        return value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
    }

    private static Argument.Of reference(JsonArray triple) {
        if (triple.size() < 3 || !isText(triple.get(0))) {
            throw new ModelException(
                    "A layer is called with '" + OneLine.of(triple.toString()) + "'.");
        }
        return new Argument.Of(
                triple.get(0).getAsString(), triple.get(1).getAsInt(), triple.get(2).getAsInt());
    }

    /** All references in a structure of any form: one, a list, or by name. */
    private static List<Argument.Of> references(JsonElement value) {
        List<Argument.Of> found = new ArrayList<>();
        if (value instanceof JsonArray array) {
            if (array.size() == 3 && isText(array.get(0)) && isNumber(array.get(1))) {
                found.add(reference(array));
            } else {
                array.forEach(item -> found.addAll(references(item)));
            }
        } else if (value instanceof JsonObject object) {
            object.entrySet().forEach(entry -> found.addAll(references(entry.getValue())));
        }
        return found;
    }

    private static JsonArray array(JsonObject object, String key) {
        return object.get(key) instanceof JsonArray array ? array : new JsonArray();
    }

    private static String text(JsonObject object, String key) {
        JsonElement value = object.get(key);
        return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
    }
}
