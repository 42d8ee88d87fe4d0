/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.feature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;

/**
 * The activations of a layer, and what each of its channels contributes to a target.
 *
 * <p>The contribution of a channel is Σ g·a over space, with the activations a and the gradient g
 * of the target there: the linear approximation of what the score would lose without the channel
 * (channel attribution in Olah et al., The Building Blocks of Interpretability, Distill 2018). In
 * front of linear layers the contributions add up to the score but for the biases.
 *
 * @param attribution how the activations, its map, were made; they have the layer's axes
 * @param channels one for each, in their order
 * @param withoutGradient why there are no contributions; empty where there are
 */
public record LayerFeatures(
        Attribution attribution, List<Channel> channels, Optional<String> withoutGradient) {

    /** Which layer. */
    public static final Option.Text LAYER =
            new Option.Text("layer", "a layer by name; empty = the last convolution", "");

    /** On which grid activations are shown. */
    public static final Option.Choice GRID =
            new Option.Choice(
                    "grid",
                    "the layer's own grid, or the image's (interpolated)",
                    "layer",
                    List.of("layer", "image"));

    public static final Declaration DECLARATION =
            Declaration.of(
                            "Hidden Features",
                            "The activations of a layer, and what its channels contribute to the target.")
                    .paper("Olah et al. 2018, doi:10.23915/distill.00010 (contributions)")
                    .unit("activation")
                    .signed()
                    .level()
                    .reads(LAYER, GRID);

    /** How many channels a summary names. */
    private static final int LEADING = 3;

    /**
     * What there is to say of a channel.
     *
     * @param index from 0
     * @param contribution to the target, in its unit; empty where the network has no gradient
     * @param mean of the activations over space
     * @param maximum of them
     * @param active share of the places where the activation is not zero
     */
    public record Channel(
            int index, OptionalDouble contribution, double mean, double maximum, double active) {}

    public LayerFeatures {
        channels = List.copyOf(channels);
    }

    /**
     * The layer that the options name; nothing is computed.
     *
     * @throws AttributionException where there is none of that name, or none is a convolution, or
     *     the engine cannot look inside
     */
    public static Layer layer(Classifier classifier, String name) {
        String model = classifier.spec().name();
        Layers layers =
                classifier
                        .layers()
                        .orElseThrow(
                                () ->
                                        new ModelException(
                                                "The layers of model '"
                                                        + model
                                                        + "' are out of reach: its format hides"
                                                        + " them. Methods that need scores only"
                                                        + " work."));
        if (!name.isBlank()) {
            return layers.named(name.strip());
        }
        return layers.lastConvolution()
                .orElseThrow(
                        () ->
                                new OptionException(
                                        "layer: no layer of model '"
                                                + model
                                                + "' is a convolution; name another: "
                                                + String.join(
                                                        ", ",
                                                        layers.list().stream()
                                                                .map(Layer::name)
                                                                .toList())
                                                + "."));
    }

    /**
     * Runs the network forward, and backward from the target to the layer.
     *
     * @param problem whose settings name the layer
     */
    public static LayerFeatures of(Problem problem) {
        Layer layer = layer(problem.classifier(), problem.settings().get(LAYER));
        Layers layers = problem.classifier().layers().orElseThrow();
        Score score = new Score(problem);
        Layers.Feed feed = Layers.Feed.image(problem.input());
        Layers.Trace trace;
        Optional<String> withoutGradient = Optional.empty();
        try {
            trace = score.trace(Pass.gradient(layer.name()).at(layer.name()), feed);
        } catch (ModelException e) {
            trace = layers.run(Pass.forward(layer.name()), feed);
            withoutGradient = Optional.of(e.getMessage());
        }
        Tensor activations = trace.activations().get(layer.name());
        if (activations.size('b') > 1) {
            throw new OptionException(
                    "layer '"
                            + layer.name()
                            + "' holds the image in parts along the batch (a dilated convolution"
                            + " of TensorFlow); choose the one behind it.");
        }
        return new LayerFeatures(
                score.result(DECLARATION, problem.settings(), activations),
                channels(activations, trace.gradients().get(layer.name())),
                withoutGradient);
    }

    private static List<Channel> channels(Tensor activations, Tensor gradient) {
        int count = activations.size('c');
        int step = activations.stride('c');
        double places = (double) activations.length() / count;
        double[] contribution = new double[count];
        double[] mean = new double[count];
        double[] maximum = new double[count];
        double[] active = new double[count];
        Arrays.fill(maximum, Double.NEGATIVE_INFINITY);
        for (int i = 0; i < activations.length(); i++) {
            int c = i / step % count;
            double a = activations.data()[i];
            contribution[c] += gradient == null ? 0 : a * gradient.data()[i];
            mean[c] += a / places;
            maximum[c] = Math.max(maximum[c], a);
            active[c] += a == 0 ? 0 : 1 / places;
        }
        List<Channel> channels = new ArrayList<>();
        for (int c = 0; c < count; c++) {
            channels.add(
                    new Channel(
                            c,
                            gradient == null
                                    ? OptionalDouble.empty()
                                    : OptionalDouble.of(contribution[c]),
                            mean[c],
                            maximum[c],
                            active[c]));
        }
        return channels;
    }

    /** What was asked about. */
    public Target target() {
        return attribution.target();
    }

    /** For people: {@code "conv3, 32 channels. For lesions (score 5.8): conv3[4] +1.2, …"}. */
    public String summary() {
        String layer = attribution.options().get(LAYER.key());
        StringBuilder text = new StringBuilder(layer + ", " + channels.size() + " channels.");
        if (withoutGradient.isEmpty()) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            " For %s (score %.4f):",
                            target().description(),
                            attribution.score()));
            ranked().stream()
                    .limit(LEADING)
                    .forEach(
                            channel ->
                                    text.append(
                                            String.format(
                                                    Locale.ROOT,
                                                    " %s[%d] %+.3g,",
                                                    layer,
                                                    channel.index(),
                                                    channel.contribution().getAsDouble())));
            text.setCharAt(text.length() - 1, '.');
        }
        return text.toString();
    }

    /** The channels, those first that say most for or against the target. */
    public List<Channel> ranked() {
        return channels.stream()
                .sorted(
                        Comparator.comparingDouble(
                                channel -> -Math.abs(channel.contribution().orElse(0))))
                .toList();
    }
}
