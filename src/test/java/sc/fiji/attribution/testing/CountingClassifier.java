/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.testing;

import java.util.Optional;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.model.BackwardPasses;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Layers;

/** Counts what goes through a network to its logits. */
public final class CountingClassifier implements ClassifierAround {

    private final Classifier network;
    private int calls;
    private long images;
    private int largestBatch;
    private long values;

    public CountingClassifier(Classifier network) {
        this.network = network;
    }

    @Override
    public Classifier network() {
        return network;
    }

    public int calls() {
        return calls;
    }

    /** Images of all calls. */
    public long images() {
        return images;
    }

    public int largestBatch() {
        return largestBatch;
    }

    /** Of all images, or activations behind a layer. */
    public long values() {
        return values;
    }

    private void count(Tensor fed) {
        int batch = fed.size('b');
        calls++;
        images += batch;
        values += fed.length();
        largestBatch = Math.max(largestBatch, batch);
    }

    @Override
    public void before(Tensor batch) {
        count(batch);
    }

    @Override
    public Optional<Layers> layers() {
        return network.layers().map(Counted::new);
    }

    @Override
    public Optional<BackwardPasses> backward() {
        return network.backward().map(CountedBackward::new);
    }

    private final class CountedBackward implements BackwardPasses {

        private final BackwardPasses real;

        CountedBackward(BackwardPasses real) {
            this.real = real;
        }

        @Override
        public Layers.Trace run(Pass pass, Layers.Feed feed) {
            if (pass.of().equals(Pass.LOGITS)) {
                count(feed.image().or(feed::activations).orElseThrow());
            }
            return real.run(pass, feed);
        }

        @Override
        public Optional<String> whyNot(Pass pass) {
            return real.whyNot(pass);
        }
    }

    private final class Counted implements LayersAround {

        private final Layers real;

        Counted(Layers real) {
            this.real = real;
        }

        @Override
        public Layers real() {
            return real;
        }

        @Override
        public Trace run(Pass pass, Feed feed) {
            if (pass.of().equals(Pass.LOGITS)) {
                count(feed.image().or(feed::activations).orElseThrow());
            }
            return real.run(pass, feed);
        }
    }
}
