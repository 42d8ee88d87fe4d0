/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.importer.keras.layer;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import sc.fiji.attribution.importer.keras.file.Config;
import sc.fiji.attribution.importer.keras.file.LayerGraph;
import sc.fiji.attribution.importer.keras.file.SavedLayer;
import sc.fiji.attribution.importer.keras.file.Weights;
import sc.fiji.attribution.importer.network.Value;

/** What each of Keras' layers computes, and which weights it has. */
public final class LayerTable {

    /** Adds the nodes of one call. */
    public interface Rule {
        List<Value> call(LayerCall call);
    }

    private interface Single {
        Value call(LayerCall call);
    }

    /** Declares weights in Keras' order. */
    private interface Declared {
        Weights of(Config config, Weights weights);
    }

    /**
     * A layer of Keras'.
     *
     * @param rule what it computes
     * @param weights declares its own weights
     */
    public record Entry(Rule rule, Function<SavedLayer, Weights> weights) {}

    private static final Map<String, Entry> LAYERS = new HashMap<>();

    /**
     * Which of a layer's arguments are what.
     *
     * @param inputs how many, from the first, it computes from; a tensor behind is a mask
     * @param training which is the word on training
     */
    public record Places(int inputs, int training) {}

    private static final Map<String, Places> PLACES = new HashMap<>();

    private static final List<String> HEADS =
            List.of("MultiHeadAttention", "GroupedQueryAttention", "GroupQueryAttention");

    /** What changes images while a network is trained, and nothing else. */
    private static final Set<String> TRAINING_ONLY =
            Set.of(
                    "Dropout",
                    "SpatialDropout1D",
                    "SpatialDropout2D",
                    "SpatialDropout3D",
                    "GaussianDropout",
                    "GaussianNoise",
                    "AlphaDropout",
                    "RandomFlip",
                    "RandomRotation",
                    "RandomZoom",
                    "RandomTranslation",
                    "RandomContrast",
                    "RandomBrightness",
                    "RandomShear",
                    "RandomHue",
                    "RandomSaturation",
                    "RandomSharpness",
                    "RandomGaussianBlur",
                    "RandomColorJitter",
                    "RandomColorDegeneration",
                    "RandomErasing",
                    "RandomGrayscale",
                    "RandomInvert",
                    "RandomPerspective",
                    "RandomPosterization",
                    "RandomElasticTransform",
                    "RandomHeight",
                    "RandomWidth",
                    "RandAugment",
                    "StochasticDepth",
                    "AugMix",
                    "CutMix",
                    "MixUp");

    static {
        TRAINING_ONLY.forEach(name -> put(name, call -> call.input()));
        put("ActivityRegularization", call -> call.input());
        for (String name : List.of("RNN", "LSTM", "GRU", "SimpleRNN", "Bidirectional")) {
            PLACES.put(name, new Places(2, 3));
        }
        List.of(1, 2, 3).forEach(axes -> PLACES.put("ConvLSTM" + axes + "D", new Places(2, 3)));
        List.of("Attention", "AdditiveAttention").forEach(n -> PLACES.put(n, new Places(1, 2)));
        HEADS.forEach(name -> PLACES.put(name, new Places(3, 8)));
        convolutions();
        poolings();
        normalisations();
        shapes();
        merges();
        others();
    }

    private LayerTable() {}

    /** The entry of a layer of Keras' own; empty where there is none. */
    public static Optional<Entry> of(SavedLayer layer) {
        return layer.kind().startsWith("layer:")
                ? Optional.ofNullable(LAYERS.get(layer.className()))
                : Optional.empty();
    }

    /** Whether it changes values at random while a network is trained. */
    public static boolean isOfTraining(SavedLayer layer) {
        return TRAINING_ONLY.contains(layer.className())
                || layer.config().number("dropout", 0) > 0
                || layer.config().number("recurrent_dropout", 0) > 0;
    }

    /** How a layer is called in Keras 3, by place. */
    public static Places places(SavedLayer layer) {
        return PLACES.getOrDefault(layer.className(), new Places(1, 1));
    }

    private static Weights none(SavedLayer layer) {
        return new Weights(layer.trainable());
    }

    private static void put(String name, Single rule) {
        put(name, rule, (config, weights) -> weights);
    }

    private static void put(String name, Single rule, Declared declared) {
        several(name, call -> List.of(rule.call(call)), declared);
    }

    private static void several(String name, Rule rule, Declared declared) {
        LAYERS.put(
                name,
                new Entry(
                        rule,
                        layer -> declared.of(layer.config(), new Weights(layer.trainable()))));
    }

    private static Declared own(String... names) {
        return (config, weights) -> {
            weights.own(true, names);
            return config.flag("use_bias", config.flag("bias", true))
                    ? weights.own(true, "bias")
                    : weights;
        };
    }

    private static void convolutions() {
        for (int space = 1; space <= 3; space++) {
            int axes = space;
            Single plain = call -> Convolutions.plain(call, axes);
            Single transposed = call -> Convolutions.transposed(call, axes);
            put("Conv" + space + "D", plain, own("kernel"));
            put("Convolution" + space + "D", plain, own("kernel"));
            put("Conv" + space + "DTranspose", transposed, own("kernel"));
            put("Convolution" + space + "DTranspose", transposed, own("kernel"));
            several("ConvLSTM" + space + "D", call -> Recurrent.convolutional(call, axes), cell());
        }
        for (int space = 1; space <= 2; space++) {
            int axes = space;
            Single separable = call -> Convolutions.separable(call, axes);
            put(
                    "DepthwiseConv" + space + "D",
                    call -> Convolutions.depthwise(call, axes),
                    own("kernel"));
            put(
                    "SeparableConv" + space + "D",
                    separable,
                    own("depthwise_kernel", "pointwise_kernel"));
            put(
                    "SeparableConvolution" + space + "D",
                    separable,
                    own("depthwise_kernel", "pointwise_kernel"));
        }
    }

    private static void poolings() {
        for (int space = 1; space <= 3; space++) {
            int axes = space;
            String d = space + "D";
            for (String name : List.of("MaxPooling", "MaxPool")) {
                put(name + d, call -> Poolings.windows(call, "MaxPool", axes));
                put("Global" + name + d, call -> Poolings.global(call, "Max", axes));
            }
            for (String name : List.of("AveragePooling", "AvgPool")) {
                put(name + d, call -> Poolings.windows(call, "AvgPool", axes));
                put("Global" + name + d, call -> Poolings.global(call, "Mean", axes));
            }
            put("AdaptiveAveragePooling" + d, call -> Poolings.adaptive(call, "Mean", axes));
            put("AdaptiveMaxPooling" + d, call -> Poolings.adaptive(call, "Max", axes));
        }
    }

    private static void normalisations() {
        for (String name :
                List.of("BatchNormalization", "BatchNormalizationV1", "SyncBatchNormalization")) {
            put(
                    name,
                    Normalisations::batch,
                    (config, weights) ->
                            scaleAndShift(config, weights)
                                    .own(false, "moving_mean", "moving_variance"));
        }
        put(
                "LayerNormalization",
                Normalisations::layer,
                (config, weights) -> {
                    boolean root = config.flag("rms_scaling", false);
                    if (config.flag("scale", true) || root) {
                        weights.own(true, "gamma");
                    }
                    return config.flag("center", true) && !root
                            ? weights.own(true, "beta")
                            : weights;
                });
        put("GroupNormalization", Normalisations::group, LayerTable::scaleAndShift);
        put(
                "RMSNormalization",
                Normalisations::rootMeanSquare,
                (config, weights) -> weights.own(true, "scale"));
        // Of Keras' own ConvNeXt.
        put("LayerScale", Normalisations::scaled, (config, weights) -> weights.own(true, "gamma"));
        put("UnitNormalization", Normalisations::unit);
        put("Rescaling", Normalisations::rescaled);
        put(
                "Normalization",
                Normalisations::adapted,
                (config, weights) ->
                        config.has("mean")
                                ? weights
                                : weights.own(false, "mean", "variance", "count"));
    }

    private static Weights scaleAndShift(Config config, Weights weights) {
        if (config.flag("scale", true)) {
            weights.own(true, "gamma");
        }
        return config.flag("center", true) ? weights.own(true, "beta") : weights;
    }

    private static void shapes() {
        put("Identity", Shaping::identity);
        put("Flatten", Shaping::flatten);
        put("Reshape", Shaping::reshape);
        put("Permute", Shaping::permute);
        put("RepeatVector", Shaping::repeatVector);
        for (int space = 1; space <= 3; space++) {
            int axes = space;
            put("ZeroPadding" + space + "D", call -> Shaping.pad(call, axes));
            put("Cropping" + space + "D", call -> Shaping.crop(call, axes));
            put("UpSampling" + space + "D", call -> Shaping.upSample(call, axes));
        }
        put("Resizing", Resampling::resizing);
        put("CenterCrop", Resampling::centreCrop);
        put("RandomCrop", Resampling::randomCrop);
    }

    private static void merges() {
        Map.of(
                        "Add",
                        "AddV2",
                        "Subtract",
                        "Sub",
                        "Multiply",
                        "Mul",
                        "Maximum",
                        "Maximum",
                        "Minimum",
                        "Minimum")
                .forEach((name, op) -> put(name, call -> Merging.fold(call, op)));
        put("Average", Merging::average);
        put("CustomScaleLayer", Merging::scaledSum);
        put("Concatenate", Merging::concatenate);
        put("Dot", Merging::dot);
    }

    private static void others() {
        Activations.LAYERS.forEach(
                (name, layer) -> put(name, call -> layer.of(call, call.config(), call.input())));
        put("PReLU", Activations::prelu, (config, weights) -> weights.own(true, "alpha"));
        put("Dense", DenseLayers::dense, own("kernel"));
        put(
                "EinsumDense",
                DenseLayers::einsum,
                (config, weights) -> {
                    weights.own(true, "kernel");
                    return config.text("bias_axes", "").isEmpty()
                            ? weights
                            : weights.own(true, "bias");
                });
        put(
                "Embedding",
                DenseLayers::embedding,
                (config, weights) -> weights.own(true, "embeddings"));
        HEADS.forEach(name -> several(name, Attention::multiHead, LayerTable::heads));
        several(
                "Attention",
                Attention::plain,
                (config, weights) -> {
                    if (config.flag("use_scale", false)) {
                        weights.own(true, "scale");
                    }
                    return config.text("score_mode", "dot").equals("concat")
                            ? weights.own(true, "concat_score_weight")
                            : weights;
                });
        several(
                "AdditiveAttention",
                Attention::plain,
                (config, weights) ->
                        config.flag("use_scale", true) ? weights.own(true, "scale") : weights);
        for (String name : List.of("LSTM", "GRU", "SimpleRNN")) {
            several(name, Recurrent::layer, cell());
        }
        for (String name : List.of("LSTMCell", "GRUCell", "SimpleRNNCell")) {
            several(name, LayerTable::alone, own("kernel", "recurrent_kernel"));
        }
        LAYERS.put(
                "StackedRNNCells",
                new Entry(
                        LayerTable::alone,
                        layer -> {
                            Weights cells = new Weights(true);
                            layer.wrapped()
                                    .forEach((name, cell) -> cells.inner(name, declare(cell)));
                            return new Weights(layer.trainable()).inner("cells", cells);
                        }));
        LAYERS.put(
                "RNN",
                new Entry(
                        Recurrent::ofCells,
                        layer ->
                                new Weights(layer.trainable())
                                        .inner("cell", inner(layer, "cell"))));
        LAYERS.put(
                "Bidirectional",
                new Entry(
                        Wrappers::bothWays,
                        layer ->
                                new Weights(layer.trainable())
                                        .inner("forward_layer", inner(layer, "layer"))
                                        .inner(
                                                "backward_layer",
                                                inner(
                                                        layer,
                                                        layer.wrapped()
                                                                        .containsKey(
                                                                                "backward_layer")
                                                                ? "backward_layer"
                                                                : "layer"))));
        // The division by the largest singular value was done in training, to the kernel itself.
        LAYERS.put(
                "SpectralNormalization",
                new Entry(
                        call -> List.of(call.inner().apply("layer", call.input())),
                        layer ->
                                new Weights(layer.trainable())
                                        .own(false, "vector_u")
                                        .inner("layer", inner(layer, "layer"))));
        LAYERS.put(
                "TimeDistributed",
                new Entry(
                        call -> List.of(Wrappers.atEveryStep(call)),
                        layer ->
                                new Weights(layer.trainable())
                                        .inner("layer", inner(layer, "layer"))));
    }

    private static List<Value> alone(LayerCall call) {
        throw call.config().unsupported("a cell outside of an RNN layer");
    }

    private static Weights inner(SavedLayer layer, String key) {
        SavedLayer wrapped = layer.wrapped().get(key);
        return wrapped == null ? new Weights(true) : declare(wrapped);
    }

    private static Declared cell() {
        return (config, weights) ->
                weights.inner(
                        "cell", own("kernel", "recurrent_kernel").of(config, new Weights(true)));
    }

    private static Weights heads(Config config, Weights weights) {
        weights.inner("query_dense", own("kernel").of(config, new Weights(true)));
        weights.inner("key_dense", own("kernel").of(config, new Weights(true)));
        if (config.flag("use_gate", false)) {
            weights.inner("gate_dense", own("kernel").of(config, new Weights(true)));
        }
        weights.inner("value_dense", own("kernel").of(config, new Weights(true)));
        return weights.inner("output_dense", own("kernel").of(config, new Weights(true)));
    }

    /** All weights of a layer and of what is in it. */
    public static Weights declare(SavedLayer layer) {
        return declare(layer, new IdentityHashMap<>());
    }

    /** All weights of a network; of a layer that is in two, the same in both. */
    public static Weights declare(LayerGraph network) {
        return declare(network, true, new IdentityHashMap<>());
    }

    private static Weights declare(SavedLayer layer, Map<Object, Weights> known) {
        Weights shared = known.get(layer.config().json());
        if (shared != null) {
            return shared;
        }
        Weights weights =
                layer.network().isPresent()
                        ? declare(layer.network().get(), layer.trainable(), known)
                        : of(layer).map(each -> each.weights().apply(layer)).orElse(none(layer));
        known.put(layer.config().json(), weights);
        return weights;
    }

    private static Weights declare(
            LayerGraph network, boolean trainable, Map<Object, Weights> known) {
        Weights weights = new Weights(trainable);
        network.layers().forEach(layer -> weights.inner(layer.name(), declare(layer, known)));
        return weights;
    }
}
