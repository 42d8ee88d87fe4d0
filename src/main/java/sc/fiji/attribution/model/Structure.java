/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import java.util.List;
import java.util.Optional;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.ReceptiveField;
import sc.fiji.attribution.core.propagation.Cut;
import sc.fiji.attribution.core.propagation.Pass;

/** How the layers of a network hang together. */
public interface Structure {

    /**
     * The layers at which the network can be cut in two, in the order of computation; perhaps none.
     *
     * @param image one that it would be given
     */
    List<Cut> cuts(Tensor image);

    /**
     * Where the activations of a layer look; empty where an op on the way does not treat all places
     * alike.
     *
     * @param image one that it would be given
     */
    Optional<ReceptiveField> field(Layer layer, Tensor image);

    /**
     * Whether what is computed at a place depends on a layer's activations; a layer leads to
     * itself.
     *
     * @param place a layer or {@link Pass#LOGITS}
     */
    boolean leads(String layer, String place);

    /**
     * Whether the image reaches a place past a layer too, by other connections.
     *
     * @param place a layer or {@link Pass#LOGITS}
     */
    boolean bypassed(String layer, String place);
}
