/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras;

import com.google.gson.JsonElement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.importer.keras.file.Argument;
import sc.fiji.attribution.importer.keras.file.Config;
import sc.fiji.attribution.importer.keras.file.LayerGraph;
import sc.fiji.attribution.importer.keras.file.OneLine;
import sc.fiji.attribution.importer.keras.file.SavedLayer;
import sc.fiji.attribution.importer.keras.file.Variables;
import sc.fiji.attribution.importer.keras.file.Weights;
import sc.fiji.attribution.importer.keras.function.Operators;
import sc.fiji.attribution.importer.keras.layer.Activations;
import sc.fiji.attribution.importer.keras.layer.LayerCall;
import sc.fiji.attribution.importer.keras.layer.LayerTable;
import sc.fiji.attribution.importer.network.NetworkBuilder;
import sc.fiji.attribution.importer.network.Value;

/**
 * Writes a network into a graph, layer by layer, each under the author's name. What is not needed
 * for the outputs is left out.
 */
final class Translation {

    private static final Set<String> ACTIVATION_KEYS = Set.of("activation", "recurrent_activation");

    private final NetworkBuilder builder;
    private final Variables variables;
    private final Set<String> scopes = new HashSet<>();
    private final Set<String> warnings = new LinkedHashSet<>();

    Translation(NetworkBuilder builder, Variables variables) {
        this.builder = builder;
        this.variables = variables;
    }

    /** One line each. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    /**
     * Refuses what has no entry in the table: all of it at once.
     *
     * @param model its name, for the message
     */
    static void check(LayerGraph network, String model) {
        Set<String> unknown = new LinkedHashSet<>();
        collect(network, unknown);
        if (!unknown.isEmpty()) {
            List<String> shown = unknown.stream().limit(20).toList();
            throw new ModelException(
                    "Model '"
                            + model
                            + "' holds what is not Keras' own, or not supported, and no code in a"
                            + " file is ever run: "
                            + String.join(", ", shown)
                            + (unknown.size() > shown.size()
                                    ? " and " + (unknown.size() - shown.size()) + " more"
                                    : "")
                            + ". Export it as a SavedModel, with model.export(folder).");
        }
    }

    private static void collect(LayerGraph network, Set<String> unknown) {
        network.layers().forEach(layer -> collect(layer, unknown));
    }

    private static void collect(SavedLayer layer, Set<String> unknown) {
        layer.wrapped().values().forEach(inner -> collect(inner, unknown));
        if (layer.network().isPresent()) {
            collect(layer.network().get(), unknown);
            return;
        }
        if (layer.className().equals("InputLayer")) {
            return;
        }
        if (rule(layer).isEmpty()) {
            unknown.add("layer " + layer.title());
            return;
        }
        Config config = layer.config();
        if (layer.kind().startsWith("op:")) {
            return;
        }
        for (String key : ACTIVATION_KEYS) {
            Activations.unknown(config, key)
                    .ifPresent(
                            name ->
                                    unknown.add(
                                            "the activation '"
                                                    + OneLine.of(name)
                                                    + "' of layer "
                                                    + layer.title()));
        }
        String policy = config.object("dtype").map(Config::json).map(Object::toString).orElse("");
        if (policy.contains("Quantized") || config.has("quantization_config")) {
            unknown.add("quantised weights of layer " + layer.title());
        }
    }

    /**
     * Writes a network.
     *
     * @param inputs one for each of its own
     * @param scope what its layers' names begin with
     * @return its outputs
     */
    List<Value> write(LayerGraph network, Weights weights, List<Value> inputs, String scope) {
        Map<String, SavedLayer> layers = new HashMap<>();
        network.layers().forEach(layer -> layers.put(layer.name(), layer));
        Map<Argument.Of, List<Value>> results = new HashMap<>();
        if (network.inputs().size() != inputs.size()) {
            throw new ModelException(
                    "Model '"
                            + OneLine.of(network.name())
                            + "' has "
                            + network.inputs().size()
                            + " inputs, but is called with "
                            + inputs.size()
                            + ".");
        }
        for (int i = 0; i < inputs.size(); i++) {
            results.put(whole(network.inputs().get(i)), List.of(inputs.get(i)));
        }
        for (Argument.Of output : network.outputs()) {
            solve(output, layers, results, weights, scope);
        }
        return network.outputs().stream().map(output -> tensor(output, results)).toList();
    }

    private static Argument.Of whole(Argument.Of reference) {
        return new Argument.Of(reference.layer(), reference.call(), 0);
    }

    /** Calls a layer once all that it is called with is there. No recursion: chains are long. */
    private void solve(
            Argument.Of wanted,
            Map<String, SavedLayer> layers,
            Map<Argument.Of, List<Value>> results,
            Weights weights,
            String scope) {
        Deque<Argument.Of> stack = new ArrayDeque<>(List.of(whole(wanted)));
        Set<Argument.Of> waiting = new HashSet<>();
        while (!stack.isEmpty()) {
            Argument.Of at = stack.peek();
            if (results.containsKey(at)) {
                stack.pop();
                continue;
            }
            SavedLayer layer = layers.get(at.layer());
            if (layer == null || at.call() < 0 || at.call() >= layer.calls().size()) {
                throw new ModelException(
                        "The network refers to call "
                                + at.call()
                                + " of layer '"
                                + OneLine.of(at.layer())
                                + "', which is not there.");
            }
            SavedLayer.Call call = layer.calls().get(at.call());
            Set<Argument.Of> missing = new LinkedHashSet<>();
            call.arguments().forEach(each -> each.references(of -> missing.add(whole(of))));
            call.named().values().forEach(each -> each.references(of -> missing.add(whole(of))));
            missing.removeAll(results.keySet());
            if (missing.isEmpty()) {
                results.put(at, call(layer, at.call(), call, results, weights, scope));
                stack.pop();
            } else if (!waiting.add(at)) {
                throw new ModelException(
                        "The network goes in a circle at layer " + layer.title() + ".");
            } else {
                missing.forEach(stack::push);
            }
        }
    }

    private static Value tensor(Argument.Of reference, Map<Argument.Of, List<Value>> results) {
        List<Value> values = results.get(whole(reference));
        if (reference.tensor() < 0 || reference.tensor() >= values.size()) {
            throw new ModelException(
                    "Layer '"
                            + OneLine.of(reference.layer())
                            + "' has no result "
                            + reference.tensor()
                            + ".");
        }
        return values.get(reference.tensor());
    }

    private List<Value> call(
            SavedLayer layer,
            int number,
            SavedLayer.Call call,
            Map<Argument.Of, List<Value>> results,
            Weights weights,
            String scope) {
        List<Object> arguments =
                call.arguments().stream().map(each -> resolve(each, results)).toList();
        Map<String, Object> named = new LinkedHashMap<>();
        call.named().forEach((name, each) -> named.put(name, resolve(each, results)));
        List<Value> inputs = LayerCall.tensors(arguments);
        if (inputs.isEmpty()) {
            inputs = LayerCall.tensors(new ArrayList<>(named.values()));
        }
        String name = scope + nodeName(layer.name()) + (number == 0 ? "" : "_" + number);
        return call(layer, weights.inner(layer.name()), inputs, arguments, named, name);
    }

    private List<Value> call(
            SavedLayer layer,
            Weights weights,
            List<Value> inputs,
            List<Object> arguments,
            Map<String, Object> named,
            String wanted) {
        String name = wanted;
        for (int i = 1; !scopes.add(name); i++) {
            name = wanted + "_" + i;
        }
        String scope = name + "/";
        if (Operators.of(layer).isEmpty()) {
            training(layer, arguments, named);
            masks(layer, arguments, named);
        }
        if (layer.network().isPresent()) {
            return write(layer.network().get(), weights, inputs, scope);
        }
        builder.layer(name);
        LayerCall call =
                new LayerCall(
                        layer,
                        weights,
                        inputs,
                        arguments,
                        named,
                        builder,
                        builder.ops(),
                        variables,
                        (key, value) -> wrapped(layer, weights, key, value, scope));
        LayerTable.Rule rule =
                rule(layer).orElseThrow(() -> layer.config().unsupported("that class"));
        try {
            return rule.call(call);
        } catch (AttributionException e) {
            throw e;
        } catch (RuntimeException e) {
            // The settings are a stranger's: whatever a rule trips over is in them.
            throw new ModelException(
                    "Layer "
                            + layer.title()
                            + " cannot be read: its settings do not fit each other or its input.",
                    e);
        }
    }

    /** Where a call asks for what is done in training alone. */
    private void training(SavedLayer layer, List<Object> arguments, Map<String, Object> named) {
        Object training = named.get("training");
        int place = LayerTable.places(layer).training();
        if (training == null && arguments.size() > place) {
            training = arguments.get(place);
        }
        boolean active =
                training instanceof JsonElement json
                        && json.isJsonPrimitive()
                        && json.getAsJsonPrimitive().isBoolean()
                        && json.getAsBoolean();
        if (active) {
            trained(layer);
        }
    }

    private void trained(SavedLayer layer) {
        layer.network().ifPresent(inner -> inner.layers().forEach(this::trained));
        layer.wrapped().values().forEach(this::trained);
        if (layer.className().endsWith("BatchNormalization") && layer.trainable()) {
            throw layer.config().unsupported("training=True");
        }
        if (LayerTable.isOfTraining(layer)) {
            warnings.add(
                    "Layer "
                            + layer.title()
                            + " is called with training=True, so that Keras would change values at"
                            + " random; that is left out here.");
        }
    }

    /** A mask would be passed over, by name or by place. */
    private static void masks(SavedLayer layer, List<Object> arguments, Map<String, Object> named) {
        for (int i = LayerTable.places(layer).inputs(); i < arguments.size(); i++) {
            if (!LayerCall.tensors(arguments.get(i)).isEmpty()) {
                throw layer.config()
                        .unsupported("a mask, or whatever its argument " + (i + 1) + " is");
            }
        }
        named.forEach(
                (name, value) -> {
                    boolean none =
                            value instanceof JsonElement json
                                    && (json.isJsonNull() || json.isJsonPrimitive());
                    if (name.endsWith("mask") && !none) {
                        throw layer.config()
                                .unsupported(
                                        name.equals("mask") ? "a mask" : "a mask (" + name + ")");
                    }
                });
    }

    private static Optional<LayerTable.Rule> rule(SavedLayer layer) {
        return Operators.of(layer).or(() -> LayerTable.of(layer).map(LayerTable.Entry::rule));
    }

    private Value wrapped(
            SavedLayer layer, Weights weights, String key, Value value, String scope) {
        SavedLayer inner = layer.wrapped().get(key);
        if (inner == null) {
            throw layer.config().wrong("it holds no layer");
        }
        List<Object> arguments = List.of(value);
        return call(
                        inner,
                        weights.inner(key),
                        List.of(value),
                        arguments,
                        Map.of(),
                        scope + nodeName(inner.name()))
                .get(0);
    }

    private static Object resolve(Argument argument, Map<Argument.Of, List<Value>> results) {
        if (argument instanceof Argument.Of of) {
            return tensor(of, results);
        }
        if (argument instanceof Argument.Several several) {
            return several.items().stream().map(item -> resolve(item, results)).toList();
        }
        return ((Argument.Literal) argument).value();
    }

    /** What TensorFlow takes as a name. */
    private static String nodeName(String name) {
        String valid = name.replaceAll("[^A-Za-z0-9_./-]", "_").replaceAll("/+", "/");
        valid = valid.replaceAll("^[/_.-]+|/$", "");
        return valid.isEmpty() ? "layer" : valid;
    }
}
