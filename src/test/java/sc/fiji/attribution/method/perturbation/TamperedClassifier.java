/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Cut;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Pass;
import sc.fiji.attribution.core.ReceptiveField;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelSpec;

/**
 * A network whose scores are wrong where the activations of a layer are fed: the first logit is 0.1
 * too high, or there are none.
 *
 * @param fails whether such a pass fails altogether
 */
record TamperedClassifier(Classifier network, boolean fails) implements Classifier {

    @Override
    public Optional<Layers> layers() {
        return network.layers().map(Inside::new);
    }

    private final class Inside implements Layers {

        private final Layers real;

        Inside(Layers real) {
            this.real = real;
        }

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

        @Override
        public List<Layer> list() {
            return real.list();
        }

        @Override
        public Optional<Layer> find(String name) {
            return real.find(name);
        }

        @Override
        public boolean leads(String from, String to) {
            return real.leads(from, to);
        }

        @Override
        public Optional<ReceptiveField> field(Layer layer, Tensor image) {
            return real.field(layer, image);
        }

        @Override
        public boolean bypassed(String layer, String place) {
            return real.bypassed(layer, place);
        }

        @Override
        public Optional<String> whyNot(Pass pass) {
            return real.whyNot(pass);
        }

        @Override
        public List<Cut> cuts(Tensor image) {
            return real.cuts(image);
        }
    }

    @Override
    public ModelSpec spec() {
        return network.spec();
    }

    @Override
    public float[][] logits(Tensor batch) {
        return network.logits(batch);
    }

    @Override
    public Optional<Gradients> gradients() {
        return network.gradients();
    }

    @Override
    public Optional<String> whyNoGradients() {
        return network.whyNoGradients();
    }

    @Override
    public Map<String, String> facts() {
        return network.facts();
    }

    /** The network stays open. */
    @Override
    public void close() {}
}
