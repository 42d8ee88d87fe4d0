/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.Optional;
import sc.fiji.attribution.core.Tensor;

/** The score that a map explains, and where it is known, what made the map. */
public interface Explained {

    /** The image, batch 1, as the network sees it. */
    Tensor input();

    /** What voxels become that are taken away: of the input's axes and shape. */
    Tensor reference();

    /** f of each image of a batch. */
    double[] scores(Tensor batch);

    /** f of the image. */
    default double ofInput() {
        return scores(input())[0];
    }

    /** f of the reference. */
    default double ofReference() {
        return scores(reference())[0];
    }

    /** The network's logits of each image of a batch. */
    float[][] logits(Tensor batch);

    /** What made the map, to be run again; empty where that is not known. */
    Optional<Explainer> explainer();
}
