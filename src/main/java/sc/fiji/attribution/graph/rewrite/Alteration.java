/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.rewrite;

import java.util.Set;
import sc.fiji.attribution.graph.ir.Ops;
import sc.fiji.attribution.graph.ir.Output;

/** What is changed in a copy of a network, to see whether its maps change with it. */
public sealed interface Alteration {

    /**
     * Weights lose what they learned; see {@link ShuffledWeights}.
     *
     * @param layers of {@link ShuffledWeights#layers}
     * @param seed of the random order
     */
    record Shuffled(Set<String> layers, long seed) implements Alteration {
        public Shuffled {
            layers = Set.copyOf(layers);
        }
    }

    /**
     * The network subtracts a number from its image first: it says of brighter images what it said
     * of the image. This is a change of the first layer's bias, exact at padded borders too, where
     * a bias cannot be (Kindermans et al. 2017, The (Un)reliability of Saliency Methods).
     */
    record Shifted(float by) implements Alteration {}

    /**
     * Changes the weights.
     *
     * @param image what the graph begins with
     */
    default void ofWeights(Ops ops, Output image, Output logits) {
        if (this instanceof Shuffled order) {
            ShuffledWeights.apply(ops, image, logits, order);
        }
    }

    /**
     * Changes what becomes of the input.
     *
     * @param input what is fed, of float32
     */
    default void ofInput(Ops ops, Output input) {
        if (this instanceof Shifted shifted) {
            Output seen = ops.emit("Sub", input, ops.scalar(shifted.by(), input));
            FloatInput.redirect(ops.graph(), input, seen);
        }
    }
}
