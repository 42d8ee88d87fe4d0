/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.testing;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.model.BackwardPasses;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.Structure;

/** A classifier that does what another one does, but for what a test overrides. */
public interface ClassifierAround extends Classifier {

    Classifier network();

    /** Before each call for scores, or for scores and gradients. */
    default void before(Tensor batch) {}

    @Override
    default ModelSpec spec() {
        return network().spec();
    }

    @Override
    default float[][] logits(Tensor batch) {
        before(batch);
        return network().logits(batch);
    }

    @Override
    default Optional<Gradients> gradients() {
        return network()
                .gradients()
                .map(
                        real ->
                                (batch, cotangents) -> {
                                    before(batch);
                                    return real.gradient(batch, cotangents);
                                });
    }

    @Override
    default Optional<String> whyNoGradients() {
        return network().whyNoGradients();
    }

    @Override
    default Map<String, String> facts() {
        return network().facts();
    }

    @Override
    default Optional<Layers> layers() {
        return network().layers();
    }

    @Override
    default Optional<BackwardPasses> backward() {
        return network().backward();
    }

    @Override
    default Optional<Structure> structure() {
        return network().structure();
    }

    @Override
    default void close() {
        network().close();
    }

    /** Layers likewise. */
    interface LayersAround extends Layers {

        Layers real();

        @Override
        default List<Layer> list() {
            return real().list();
        }

        @Override
        default Optional<Layer> find(String name) {
            return real().find(name);
        }

        @Override
        default Trace run(Pass pass, Feed feed) {
            return real().run(pass, feed);
        }
    }
}
