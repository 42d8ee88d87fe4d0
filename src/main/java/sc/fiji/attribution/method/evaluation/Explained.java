/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.List;
import java.util.Set;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;

/** The score that a map explains, and how the map was made. */
public interface Explained {

    /** The image, batch 1, as the network sees it. */
    Tensor input();

    /** What voxels become that are taken away: of the input's axes and shape. */
    Tensor reference();

    /** f of each image of a batch. */
    double[] scores(Tensor batch);

    /** The network's logits of each image of a batch. */
    float[][] logits(Tensor batch);

    /**
     * The same method's map of another image, for the same target.
     *
     * @return of the axes and shape of the map that is judged
     */
    Tensor map(Tensor image, Progress progress);

    /** Layers whose weights can be shuffled, those next to the logits first; may be none. */
    default List<String> layers() {
        return List.of();
    }

    /**
     * The map of the same image by the network with weights in random order.
     *
     * @param layers of {@link #layers}
     * @return of the axes and shape of the map that is judged
     */
    default Tensor mapOfShuffled(Set<String> layers, long seed, Progress progress) {
        throw new IllegalArgumentException("no such layers: " + layers);
    }

    /** Passes that one such map takes. */
    long passesOfMap();
}
