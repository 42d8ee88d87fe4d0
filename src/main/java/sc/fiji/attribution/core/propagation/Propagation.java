/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.propagation;

/**
 * By which rules a backward pass goes through a network. As data: an engine makes its own of them,
 * or says why it cannot.
 */
public sealed interface Propagation {

    /** The chain rule, changed at activations alone. */
    enum Gradient implements Propagation {
        /** As it is. */
        PLAIN,
        /**
         * What argues against is stopped at each activation f: f'(x)·max(dy, 0). For ReLU: where
         * both its input and dy are positive. Springenberg et al., Striving for Simplicity, 2015.
         */
        GUIDED,
        /**
         * The activation is applied to what comes back instead: max(dy, 0), whatever came forward.
         * Zeiler and Fergus, Visualizing and Understanding Convolutional Networks, 2014.
         */
        DECONVOLUTION
    }

    /**
     * Relevance: the score itself is shared out from layer to layer. Bach et al., On Pixel-Wise
     * Explanations, 2015. Batch normalisation is folded into the convolution before it, activations
     * hand relevance on unchanged, sums and means share by contribution, and where one quantity
     * gates another the gated one takes all.
     *
     * @param composite which rule stands at which layer
     */
    record Relevance(Composite composite) implements Propagation {}

    /**
     * DeepLIFT's multipliers: finite differences between the image and a baseline, by which all
     * layers add up. Shrikumar et al., Learning Important Features Through Propagating Activation
     * Differences, 2017.
     */
    enum Multipliers implements Propagation {
        /** Δy/Δx at each activation. */
        RESCALE,
        /**
         * Of an activation after a layer with weights, positive and negative differences apart,
         * each averaged over both orders; elsewhere as {@link #RESCALE}.
         */
        REVEAL_CANCEL
    }
}
