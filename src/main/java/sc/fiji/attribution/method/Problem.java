/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;

/**
 * What is asked of a method.
 *
 * @param classifier the network; stays open
 * @param input one image with the model's axes, batch 1
 * @param target a class, a difference of classes or {@code predicted}: see {@link
 *     sc.fiji.attribution.core.Target#parse}
 * @param baseline read by methods that declare it
 * @param settings the method's options
 */
public record Problem(
        Classifier classifier, Tensor input, String target, Baseline baseline, Settings settings) {

    public Problem {
        if (input.size('b') != 1) {
            throw new IllegalArgumentException("expected one image, got " + input);
        }
    }
}
