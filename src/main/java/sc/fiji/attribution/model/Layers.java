/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.core.text.Spelling;

/** The layers of a network and their activations. */
public interface Layers {

    /** How many names a message suggests. */
    int SUGGESTIONS = 5;

    /** The layers that the logits depend on, in the order of computation. */
    List<Layer> list();

    /**
     * A layer of the list, by its name, its name in the model's file, or the last part of either
     * where no other ends so; or a single op of the network by its own name.
     */
    Optional<Layer> find(String name);

    /**
     * The layer of that name.
     *
     * @throws OptionException with the names that come nearest, where there is none
     */
    default Layer named(String name) {
        return find(name)
                .orElseThrow(
                        () ->
                                new OptionException(
                                        "There is no layer '"
                                                + name
                                                + "' between the image and the classes; "
                                                + suggestion(name)
                                                + " Model Info... lists all layers."));
    }

    private String suggestion(String name) {
        List<String> same =
                list().stream().map(Layer::name).filter(n -> n.endsWith("/" + name)).toList();
        return same.isEmpty()
                ? "near names: " + String.join(", ", near(name)) + "."
                : "did you mean " + String.join(" or ", same) + "?";
    }

    private List<String> near(String name) {
        return list().stream()
                .map(Layer::name)
                .sorted(Comparator.comparingInt(known -> Spelling.distance(known, name)))
                .limit(SUGGESTIONS)
                .toList();
    }

    /** The last convolution whose activations have a place in the image: where CAMs look. */
    default Optional<Layer> lastConvolution() {
        return list().stream()
                .filter(layer -> layer.convolution() && layer.spatial())
                .reduce((first, second) -> second);
    }

    /**
     * Runs a forward pass.
     *
     * @throws ModelException where a layer is fed that other connections bypass and the image is
     *     missing
     */
    Trace run(Pass pass, Feed feed);

    /**
     * What a pass is given.
     *
     * @param image with the model's axes; empty where a layer is fed that the image reaches the
     *     logits through alone
     * @param activations those of the layer that is fed, with its axes
     * @param cotangent weights of what the backward pass starts from, with its axes: logits {@code
     *     bc}, or a layer's; NaN where {@link BackwardPasses#choosesPredicted} and the class is the
     *     predicted one
     * @param baseline as many images, for rules that measure differences from one
     */
    record Feed(
            Optional<Tensor> image,
            Optional<Tensor> activations,
            Optional<Tensor> cotangent,
            Optional<Tensor> baseline) {

        private static final Feed NOTHING =
                new Feed(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        public static Feed image(Tensor image) {
            return new Feed(
                    Optional.of(image), Optional.empty(), Optional.empty(), Optional.empty());
        }

        public static Feed activations(Tensor activations) {
            return NOTHING.withActivations(activations);
        }

        public Feed withActivations(Tensor layer) {
            return new Feed(image, Optional.of(layer), cotangent, baseline);
        }

        public Feed withCotangent(Tensor weights) {
            return new Feed(image, activations, Optional.of(weights), baseline);
        }

        public Feed withBaseline(Tensor images) {
            return new Feed(image, activations, cotangent, Optional.of(images));
        }
    }

    /**
     * What a pass found.
     *
     * @param logits one row per image; empty where the pass started backward from a layer
     * @param activations by layer, with its axes
     * @param gradients by layer or {@link Pass#IMAGE}, with the axes of the activations; relevance
     *     or multipliers where the pass goes by rules for these
     * @param ofBaseline what the backward pass starts from, for the baselines, with its axes
     */
    record Trace(
            float[][] logits,
            Map<String, Tensor> activations,
            Map<String, Tensor> gradients,
            Optional<Tensor> ofBaseline) {}
}
