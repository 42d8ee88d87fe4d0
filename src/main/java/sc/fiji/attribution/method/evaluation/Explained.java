/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.method.perturbation.Box;

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

    /** Parts of the image, for curves over them; empty where there are none. */
    default Optional<Regions> regions() {
        return Optional.empty();
    }

    /**
     * f of the image with each box replaced by the reference, one at a time and over all channels.
     *
     * @return empty where there is no cheaper way than sending each whole image
     */
    default Optional<double[]> without(List<Box> boxes, Progress progress) {
        return Optional.empty();
    }

    /**
     * Scores that do not depend on a map: asked once for all maps of the image, where that can be
     * kept.
     *
     * @param question tells them apart
     */
    default double[] once(Object question, Supplier<double[]> scores) {
        return scores.get();
    }

    /** What made the map, to be run again; empty where that is not known. */
    Optional<Explainer> explainer();
}
