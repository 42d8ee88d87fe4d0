/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import sc.fiji.attribution.core.CancelledException;
import sc.fiji.attribution.core.Progress;

/**
 * One way to judge an attribution map. Implementations have no state and a public constructor
 * without arguments, and carry {@code @MetaInfServices}; nothing else lists them.
 */
public interface Metric {

    MetricDeclaration declaration();

    /** What its curve shows, over what from left to right; empty where it has none. */
    default String curve() {
        return "";
    }

    /** How many forward and backward passes it takes. */
    default long passes(Trial trial) {
        return 0;
    }

    /**
     * Judges a map. Memory is bounded: a batch of images beside the trial, whatever the number of
     * passes.
     *
     * @param trial has all that the declaration says this needs
     * @return the figure, NaN where it is not defined, such as for a constant map
     * @throws CancelledException where progress said stop
     */
    Finding evaluate(Trial trial, Progress progress);
}
