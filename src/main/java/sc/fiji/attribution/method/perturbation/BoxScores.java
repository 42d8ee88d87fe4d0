/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.List;
import sc.fiji.attribution.method.Pace;

/**
 * Scores an image with boxes of it replaced, one box at a time: by brute force in {@link
 * PlainBoxScores}, or by something that knows the network.
 */
public interface BoxScores {

    /** Takes f(x with box number {@code index} replaced). */
    @FunctionalInterface
    interface Sink {
        void accept(int index, double score);
    }

    /** Scores the boxes, in order. */
    void score(List<Box> boxes, Pace pace, Sink sink);
}
