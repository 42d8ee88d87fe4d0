/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.List;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;

/** A method that makes maps of the same target for other images and other weights. */
public interface Explainer {

    /**
     * The map of an image of the same shape.
     *
     * @return of the axes and shape of the map that is judged
     */
    Tensor map(Tensor image, Progress progress);

    /** Layers whose weights can be shuffled, those next to the logits first; may be none. */
    List<String> layers();

    /** Targets of the network besides the one that is explained; may be none. */
    List<String> otherTargets();

    /** Whether there is a network that was trained on labels in random order. */
    boolean hasRandomLabels();

    /**
     * The map of the same image where something is changed.
     *
     * @return of the axes and shape of the map that is judged
     */
    Tensor mapOf(Change change, Progress progress);

    /** Passes that one map takes. */
    long passes();
}
