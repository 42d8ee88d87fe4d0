/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.model.BackwardPasses;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;

/** The layers of a network whose passes are shared. */
record SharedLayers(Layers real, SharedPasses shared) implements Layers {

    @Override
    public List<Layer> list() {
        return real.list();
    }

    @Override
    public Optional<Layer> find(String name) {
        return real.find(name);
    }

    @Override
    public Trace run(Pass pass, Feed feed) {
        return shared.run(real::run, pass, feed);
    }

    /** Backward passes, which those for other classes may have run already. */
    record Backward(BackwardPasses real, SharedPasses shared) implements BackwardPasses {

        @Override
        public Trace run(Pass pass, Feed feed) {
            return shared.run(real::run, pass, feed);
        }

        @Override
        public Optional<String> whyNot(Pass pass) {
            return real.whyNot(pass);
        }
    }
}
