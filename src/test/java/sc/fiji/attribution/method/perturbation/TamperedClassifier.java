/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.Optional;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.testing.ClassifierAround;

/**
 * A network whose scores are wrong where the activations of a layer are fed: the first logit is 0.1
 * too high, or there are none.
 *
 * @param fails whether such a pass fails altogether
 */
record TamperedClassifier(Classifier network, boolean fails) implements ClassifierAround {

    @Override
    public Optional<Layers> layers() {
        return network.layers().map(real -> new Inside(real, fails));
    }

    private record Inside(Layers real, boolean fails) implements LayersAround {

        @Override
        public Trace run(Pass pass, Feed feed) {
            Trace trace = real.run(pass, feed);
            if (!pass.from().equals(Pass.IMAGE)) {
                if (fails) {
                    throw new ModelException("tampered");
                }
                for (float[] logits : trace.logits()) {
                    logits[0] += 0.1f;
                }
            }
            return trace;
        }
    }

    /** The network stays open. */
    @Override
    public void close() {}
}
