/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.Set;
import sc.fiji.attribution.core.Tensor;

/** What else the same method can be asked about the same image. */
public sealed interface Change {

    /**
     * The network with weights in random order.
     *
     * @param layers of {@link Explainer#layers}
     */
    record Shuffled(Set<String> layers, long seed) implements Change {
        public Shuffled {
            layers = Set.copyOf(layers);
        }
    }

    /**
     * The image brighter by a number, and a network that subtracts it first; black stays black.
     *
     * @param by in values as the network is fed them
     */
    record Shifted(float by) implements Change {

        Tensor image(Tensor image) {
            Tensor brighter = image.copy();
            for (int i = 0; i < brighter.length(); i++) {
                brighter.data()[i] += by;
            }
            return brighter;
        }
    }

    /**
     * Another class.
     *
     * @param target of {@link Explainer#otherTargets}
     */
    record OtherTarget(String target) implements Change {}

    /** A second network, which was trained on labels in random order. */
    record RandomLabels() implements Change {}
}
