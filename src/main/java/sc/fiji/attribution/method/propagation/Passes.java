/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.propagation;

import java.util.Optional;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Pass;
import sc.fiji.attribution.core.Propagation;
import sc.fiji.attribution.model.Classifier;

/** Whether a network can be passed backwards by some rules, before anything is computed. */
final class Passes {

    private Passes() {}

    /** Why not, in one line; empty where it can. */
    static Optional<String> whyNot(Classifier classifier, Propagation rules) {
        return classifier
                .layers()
                .map(layers -> layers.whyNot(Pass.gradient(Pass.IMAGE).by(rules)))
                .orElse(Optional.of("its engine does not show what is inside the network."));
    }

    /**
     * @throws ModelException where it cannot
     */
    static void require(Classifier classifier, Propagation rules) {
        whyNot(classifier, rules)
                .ifPresent(
                        reason -> {
                            throw new ModelException(reason);
                        });
    }
}
