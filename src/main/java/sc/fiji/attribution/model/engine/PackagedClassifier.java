/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.BackwardPasses;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.SeenValues;
import sc.fiji.attribution.model.Structure;
import sc.fiji.attribution.model.Tuning;

/**
 * A classifier as it is handed out: with what its description says, and with what closing it means.
 */
final class PackagedClassifier implements Classifier {

    private final Classifier network;
    private final ModelSpec spec;
    private final Map<String, String> facts;
    private final Runnable close;

    /**
     * @param facts what is known of the package besides
     */
    PackagedClassifier(
            Classifier network, ModelSpec spec, Map<String, String> facts, Runnable close) {
        this.network = network;
        this.spec = spec;
        this.facts = facts;
        this.close = close;
    }

    @Override
    public ModelSpec spec() {
        return spec;
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
    public Optional<SeenValues> seen(Tensor image) {
        return network.seen(image);
    }

    @Override
    public Tuning tuning() {
        return network.tuning();
    }

    @Override
    public boolean usable() {
        return network.usable();
    }

    @Override
    public Map<String, String> facts() {
        Map<String, String> all = new LinkedHashMap<>(network.facts());
        all.putAll(facts);
        return all;
    }

    @Override
    public Optional<Layers> layers() {
        return network.layers();
    }

    @Override
    public Optional<Weights> weights() {
        return network.weights().map(Copies::new);
    }

    /** A copy has the same description, and is closed without what was unpacked for the model. */
    private final class Copies implements Weights {

        private final Weights weights;

        Copies(Weights weights) {
            this.weights = weights;
        }

        @Override
        public List<String> layers() {
            return weights.layers();
        }

        @Override
        public Classifier shuffled(Set<String> layers, long seed) {
            return described(weights.shuffled(layers, seed));
        }

        @Override
        public Classifier shifted(float by) {
            return described(weights.shifted(by));
        }

        private Classifier described(Classifier copy) {
            return new PackagedClassifier(copy, spec, facts, copy::close);
        }
    }

    @Override
    public Optional<BackwardPasses> backward() {
        return network.backward();
    }

    @Override
    public Optional<Structure> structure() {
        return network.structure();
    }

    @Override
    public void close() {
        close.run();
    }
}
