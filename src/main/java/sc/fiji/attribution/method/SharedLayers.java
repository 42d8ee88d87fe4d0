/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.core.Cut;
import sc.fiji.attribution.core.Pass;
import sc.fiji.attribution.core.ReceptiveField;
import sc.fiji.attribution.core.Tensor;
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
    public List<Cut> cuts(Tensor image) {
        return real.cuts(image);
    }

    @Override
    public Optional<ReceptiveField> field(Layer layer, Tensor image) {
        return real.field(layer, image);
    }

    @Override
    public boolean leads(String layer, String place) {
        return real.leads(layer, place);
    }

    @Override
    public boolean bypassed(String layer, String place) {
        return real.bypassed(layer, place);
    }

    @Override
    public Trace run(Pass pass, Feed feed) {
        return shared.run(real, pass, feed);
    }

    @Override
    public Optional<String> whyNot(Pass pass) {
        return real.whyNot(pass);
    }
}
