/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sc.fiji.attribution.core.Tensor;

/**
 * A trained network that scores images. Calls take a batch on the leading axis, block until the
 * result is there, and come from one thread at a time.
 */
public interface Classifier extends AutoCloseable {

    ModelSpec spec();

    /**
     * Scores a batch.
     *
     * @param batch tensor with {@link ModelSpec#axes()}
     * @return the logits, one row per image
     */
    float[][] logits(Tensor batch);

    /** Input gradients, where the engine and the network allow them. */
    default Optional<Gradients> gradients() {
        return Optional.empty();
    }

    /** Why {@link #gradients()} is empty, in one line with what to do; empty where it is not. */
    default Optional<String> whyNoGradients() {
        return gradients().isPresent()
                ? Optional.empty()
                : Optional.of("its engine gives scores, and no gradients.");
    }

    /**
     * What images are to this network, where it shows on which values it was trained.
     *
     * @param image one, with {@link ModelSpec#axes()}
     */
    default Optional<SeenValues> seen(Tensor image) {
        return Optional.empty();
    }

    /** What runs found out about it; kept as long as it is open, where the engine does. */
    default Tuning tuning() {
        return new Tuning();
    }

    /** What the model's file says of it, for people, by what it is about. */
    default Map<String, String> facts() {
        return Map.of();
    }

    /** The layers inside, where the engine can look there. */
    default Optional<Layers> layers() {
        return Optional.empty();
    }

    /** Backward passes through the layers, where the engine has them. */
    default Optional<BackwardPasses> backward() {
        return Optional.empty();
    }

    /** How the layers hang together, where the engine knows. */
    default Optional<Structure> structure() {
        return Optional.empty();
    }

    /** The weights, where the engine can change them in a copy. */
    default Optional<Weights> weights() {
        return Optional.empty();
    }

    /** Whether it can still be called: not after a call that never ended. */
    default boolean usable() {
        return true;
    }

    /** Frees the native memory. */
    @Override
    void close();

    /** What the network learned. */
    interface Weights {

        /** Layers that have any, those next to the logits first. */
        List<String> layers();

        /**
         * The same network, opened once more, with the weights of some layers in random order: each
         * tensor keeps its values. The file is not changed.
         *
         * @param layers of {@link #layers}
         * @param seed of the order; the same seed gives the same network
         * @return to be closed by the caller
         */
        Classifier shuffled(Set<String> layers, long seed);

        /**
         * The same network, opened once more, with another offset before its first layer: it says
         * of an image that is brighter by this what the network says of the image.
         *
         * @param by in values as the network is fed them
         * @return to be closed by the caller
         */
        Classifier shifted(float by);
    }

    /** The reverse pass from the logits to the input. */
    interface Gradients {

        /**
         * Runs forward and backward once.
         *
         * @param batch tensor with {@link ModelSpec#axes()}
         * @param cotangents for each image the weights of the logits whose weighted sum is
         *     differentiated
         */
        Result gradient(Tensor batch, float[][] cotangents);

        /**
         * Runs forward and backward once, from the class that each image is predicted to be of, or
         * says that this engine does not choose on the way.
         *
         * @return empty where the images have to be scored before
         */
        default Optional<Result> ofPredicted(Tensor batch) {
            return Optional.empty();
        }
    }

    /**
     * @param logits one row per image
     * @param gradient gradient of the weighted logits, axes and shape of the batch, in units of the
     *     logit per unit of the input
     */
    record Result(float[][] logits, Tensor gradient) {}
}
