/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

import java.util.List;
import java.util.Set;
import java.util.function.Function;
import sc.fiji.attribution.graph.rewrite.Alteration;
import sc.fiji.attribution.model.Classifier;

/**
 * The weights of a loaded model.
 *
 * @param layers those next to the logits first
 * @param again opens the model once more
 */
record StoredWeights(List<String> layers, Function<Alteration, Classifier> again)
        implements Classifier.Weights {

    @Override
    public Classifier shuffled(Set<String> some, long seed) {
        return again.apply(new Alteration.Shuffled(some, seed));
    }

    @Override
    public Classifier shifted(float by) {
        return again.apply(new Alteration.Shifted(by));
    }
}
