/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import java.util.Optional;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.propagation.Pass;

/**
 * Passes from the logits or a layer back to layers or the image, by the rules that a pass names.
 */
public interface BackwardPasses {

    /**
     * Runs a pass.
     *
     * @throws ModelException where an op on the way has no such rule, or where a layer is fed that
     *     other connections bypass and the image is missing
     */
    Layers.Trace run(Pass pass, Layers.Feed feed);

    /**
     * How many weights of NaN, fed for each image in place of those of the logits, stand for its
     * predicted class; 0 where the engine does not choose on the way.
     */
    default int choosesPredicted() {
        return 0;
    }

    /** Why a pass cannot be run on this network, in one line; empty where it can. */
    Optional<String> whyNot(Pass pass);
}
