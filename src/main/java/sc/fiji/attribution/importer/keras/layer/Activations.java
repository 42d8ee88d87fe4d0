/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import static java.util.Map.entry;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;
import sc.fiji.attribution.importer.keras.file.Config;
import sc.fiji.attribution.importer.keras.file.OneLine;
import sc.fiji.attribution.importer.network.Value;

/** Keras' activation functions, and the layers that are one. */
public final class Activations {

    /** What one does to each element. */
    public interface Function {
        Output of(Ops g, Output x);
    }

    /** Those of one element each, by the name that Keras gives them. */
    static final Map<String, Function> ELEMENTWISE =
            Map.ofEntries(
                    entry("linear", (g, x) -> x),
                    entry("relu", (g, x) -> g.emit("Relu", x)),
                    entry("relu6", (g, x) -> g.emit("Relu6", x)),
                    entry("leaky_relu", (g, x) -> leaky(g, x, 0.2)),
                    entry("elu", (g, x) -> g.emit("Elu", x)),
                    entry("selu", (g, x) -> g.emit("Selu", x)),
                    entry("celu", (g, x) -> g.emit("Elu", x)),
                    entry("gelu", Activations::gelu),
                    entry("silu", (g, x) -> g.mul(x, g.emit("Sigmoid", x))),
                    entry("swish", (g, x) -> g.mul(x, g.emit("Sigmoid", x))),
                    entry("softplus", (g, x) -> g.emit("Softplus", x)),
                    entry("softsign", (g, x) -> g.emit("Softsign", x)),
                    entry("tanh", (g, x) -> g.emit("Tanh", x)),
                    entry("sigmoid", (g, x) -> g.emit("Sigmoid", x)),
                    entry("log_sigmoid", (g, x) -> g.neg(g.emit("Softplus", g.neg(x)))),
                    entry("hard_sigmoid", (g, x) -> hardSigmoid(g, x, 1 / 6.)),
                    entry("hard_silu", (g, x) -> g.mul(x, hardSigmoid(g, x, 1 / 6.))),
                    entry("hard_swish", (g, x) -> g.mul(x, hardSigmoid(g, x, 1 / 6.))),
                    entry("hard_tanh", (g, x) -> clip(g, x, -1, 1)),
                    entry("exponential", (g, x) -> g.emit("Exp", x)),
                    entry("mish", (g, x) -> g.mul(x, g.emit("Tanh", g.emit("Softplus", x)))),
                    entry("squareplus", Activations::squareplus),
                    entry("tanh_shrink", (g, x) -> g.sub(x, g.emit("Tanh", x))),
                    entry("soft_shrink", (g, x) -> g.sub(x, clip(g, x, -0.5, 0.5))),
                    entry("hard_shrink", Activations::hardShrink),
                    entry("sparse_sigmoid", (g, x) -> hardSigmoid(g, x, 0.5)),
                    entry("sparse_plus", Activations::sparsePlus));

    private Activations() {}

    private static Output gelu(Ops g, Output x) {
        Output erf = g.emit("Erf", g.mul(x, Math.sqrt(0.5)));
        return g.mul(g.mul(x, 0.5), g.add(erf, g.scalar(1.0, x)));
    }

    private static Output geluByTanh(Ops g, Output x) {
        Output cubed = g.mul(g.mul(g.mul(x, x), x), 0.044715);
        Output tanh = g.emit("Tanh", g.mul(g.add(x, cubed), Math.sqrt(2 / Math.PI)));
        return g.mul(g.mul(x, 0.5), g.add(tanh, g.scalar(1.0, x)));
    }

    public static Output clip(Ops g, Output x, double low, double high) {
        return g.emit("ClipByValue", x, g.scalar(low, x), g.scalar(high, x));
    }

    private static Output hardSigmoid(Ops g, Output x, double slope) {
        return clip(g, g.add(g.mul(x, slope), g.scalar(0.5, x)), 0, 1);
    }

    private static Output squareplus(Ops g, Output x) {
        Output root = g.emit("Sqrt", g.add(g.mul(x, x), g.scalar(4.0, x)));
        return g.mul(g.add(x, root), 0.5);
    }

    /** 0 up to −1, ((x + 1) / 2)² up to 1, x from there on. */
    private static Output sparsePlus(Ops g, Output x) {
        Output between = g.emit("Square", hardSigmoid(g, x, 0.5));
        Output one = g.scalar(1.0, x);
        return g.add(between, g.emit("Relu", g.sub(x, one)));
    }

    private static Output hardShrink(Ops g, Output x) {
        return g.where(g.emit("Greater", g.emit("Abs", x), g.scalar(0.5, x)), x);
    }

    public static Output leaky(Ops g, Output x, double slope) {
        return slope == 0
                ? g.emit("Relu", x)
                : g.emit("LeakyRelu", List.of(x), "alpha", (float) slope);
    }

    /** Why a layer's activation is not known; empty where it is. */
    public static Optional<String> unknown(Config config, String key) {
        Optional<JsonElement> value = config.get(key);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> name = name(value.get());
        if (name.isPresent()) {
            boolean known =
                    ELEMENTWISE.containsKey(name.get())
                            || List.of("softmax", "log_softmax", "glu").contains(name.get());
            return known ? Optional.empty() : name;
        }
        return layer(config, value.get()).isPresent()
                ? Optional.empty()
                : Optional.of(OneLine.of(value.get().toString()));
    }

    /** The name of a function of Keras' own. */
    private static Optional<String> name(JsonElement value) {
        if (value.isJsonPrimitive()) {
            return Optional.of(value.getAsString());
        }
        if (value instanceof JsonObject object
                && object.has("config")
                && object.get("config").isJsonPrimitive()) {
            // A function by name: the author's own has a module that is not Keras'.
            String module =
                    object.has("module") && object.get("module").isJsonPrimitive()
                            ? object.get("module").getAsString()
                            : "";
            String name = object.get("config").getAsString();
            return Optional.of(
                    module.isEmpty() || module.startsWith("keras") ? name : module + "." + name);
        }
        return Optional.empty();
    }

    /** An activation that is a layer, such as {@code activation=ReLU(6)}. */
    private static Optional<Config> layer(Config of, JsonElement value) {
        return value instanceof JsonObject object
                        && object.has("class_name")
                        && object.get("config") instanceof JsonObject config
                        && LAYERS.containsKey(object.get("class_name").getAsString())
                ? Optional.of(new Config(of.layer(), config))
                : Optional.empty();
    }

    /** Applies the activation that a layer names. */
    static Value of(LayerCall call, String key, Value x) {
        Optional<JsonElement> value = call.config().get(key);
        if (value.isEmpty()) {
            return x;
        }
        Optional<String> name = name(value.get());
        if (name.isPresent()) {
            return named(call, name.get(), x);
        }
        Config config =
                layer(call.config(), value.get())
                        .orElseThrow(() -> call.config().wrong(key + " is " + value.get()));
        String className = value.get().getAsJsonObject().get("class_name").getAsString();
        return LAYERS.get(className).of(call, config, x);
    }

    public static Value named(LayerCall call, String name, Value x) {
        Ops g = call.ops();
        switch (name) {
            case "softmax":
                return softmax(call, "Softmax", -1, x);
            case "log_softmax":
                return softmax(call, "LogSoftmax", -1, x);
            case "glu":
                return gated(call, x);
            case "hard_sigmoid":
                return x.as(hardSigmoid(g, x.output(), call.variables().before3() ? 0.2 : 1 / 6.));
            default:
                Function function = ELEMENTWISE.get(name);
                if (function == null) {
                    throw call.config().unsupported("the activation '" + name + "'");
                }
                return x.as(function.of(g, x.output()));
        }
    }

    /** Over one axis; TensorFlow's is over the last. */
    public static Value softmax(LayerCall call, String op, int axis, Value given) {
        Ops g = call.ops();
        Value x = call.plain(given);
        int at = axis < 0 ? axis + x.rank() : axis;
        if (at < 0 || at >= x.rank()) {
            throw call.config().wrong("its axis is " + axis);
        }
        if (at == x.rank() - 1) {
            return x.as(g.emit(op, x.output()));
        }
        int[] order = new int[x.rank()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i == at ? x.rank() - 1 : i == x.rank() - 1 ? at : i;
        }
        Output swapped = g.emit("Transpose", x.output(), g.vector(order));
        return x.as(g.emit("Transpose", g.emit(op, swapped), g.vector(order)));
    }

    private static Value gated(LayerCall call, Value given) {
        Ops g = call.ops();
        Value x = call.plain(given);
        Output halves =
                g.emit("Split", List.of(g.scalar(x.rank() - 1), x.output()), "num_split", 2);
        int[] shape = x.shape().clone();
        shape[shape.length - 1] /= 2;
        return LayerCall.value(
                g.mul(halves, g.emit("Sigmoid", new Output(halves.node(), 1))), shape);
    }

    /** A layer that is an activation. */
    interface Layer {
        Value of(LayerCall call, Config config, Value x);
    }

    /** By class. */
    static final Map<String, Layer> LAYERS =
            Map.of(
                    "ReLU", Activations::relu,
                    "LeakyReLU",
                            (call, config, x) ->
                                    x.as(
                                            leaky(
                                                    call.ops(),
                                                    x.output(),
                                                    config.number(
                                                            "negative_slope",
                                                            config.number("alpha", 0.3)))),
                    "ELU", Activations::elu,
                    "ThresholdedReLU", Activations::thresholded,
                    "Softmax", Activations::softmax,
                    "Activation", (call, config, x) -> of(call, "activation", x));

    private static Value relu(LayerCall call, Config config, Value x) {
        Ops g = call.ops();
        double slope = config.number("negative_slope", config.number("alpha", 0));
        double threshold = config.number("threshold", config.number("theta", 0));
        Optional<Double> most = config.get("max_value").map(JsonElement::getAsDouble);
        if (threshold == 0 && slope == 0 && most.isPresent() && most.get() == 6) {
            return x.as(g.emit("Relu6", x.output()));
        }
        if (threshold == 0) {
            Output y = leaky(g, x.output(), slope);
            return x.as(most.isPresent() ? g.emit("Minimum", y, g.scalar(most.get(), y)) : y);
        }
        Output above = g.emit("GreaterEqual", x.output(), g.scalar(threshold, x.output()));
        Output high =
                most.isPresent()
                        ? g.emit("Minimum", x.output(), g.scalar(most.get(), x.output()))
                        : x.output();
        Output low = g.mul(g.sub(x.output(), g.scalar(threshold, x.output())), slope);
        return x.as(g.emit("SelectV2", above, high, low));
    }

    private static Value elu(LayerCall call, Config config, Value x) {
        return x.as(elu(call.ops(), x.output(), config.number("alpha", 1)));
    }

    public static Output elu(Ops g, Output x, double alpha) {
        Output elu = g.emit("Elu", x);
        if (alpha == 1) {
            return elu;
        }
        Output below = g.emit("Less", x, g.scalar(0.0, x));
        return g.emit("SelectV2", below, g.mul(elu, alpha), elu);
    }

    private static Value thresholded(LayerCall call, Config config, Value x) {
        Ops g = call.ops();
        Output theta = g.scalar(config.number("theta", 1), x.output());
        return x.as(g.where(g.emit("Greater", x.output(), theta), x.output()));
    }

    private static Value softmax(LayerCall call, Config config, Value x) {
        int[] axes = config.has("axis") ? config.wholes("axis") : new int[] {-1};
        if (axes.length != 1) {
            throw call.config().unsupported("several axes");
        }
        return softmax(call, "Softmax", axes[0], x);
    }

    /** The one with weights. */
    static Value prelu(LayerCall call) {
        Ops g = call.ops();
        Value x = call.plain();
        call.requireKnown(x, 1);
        int[] shape = new int[x.rank() - 1];
        System.arraycopy(x.shape(), 1, shape, 0, shape.length);
        if (call.config().has("shared_axes")) {
            for (int axis : call.config().wholes("shared_axes")) {
                if (axis < 1 || axis > shape.length) {
                    throw call.config().wrong("shared_axes has " + axis);
                }
                shape[axis - 1] = 1;
            }
        }
        Output alpha = call.weight("alpha", shape);
        Output negative = g.neg(g.emit("Relu", g.neg(x.output())));
        return x.as(g.add(g.emit("Relu", x.output()), g.mul(alpha, negative)));
    }

    public static Value gelu(LayerCall call, boolean approximate, Value x) {
        return x.as(
                approximate ? geluByTanh(call.ops(), x.output()) : gelu(call.ops(), x.output()));
    }
}
