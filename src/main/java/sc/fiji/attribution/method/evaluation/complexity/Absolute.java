/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.complexity;

import sc.fiji.attribution.core.Tensor;

/** The absolute values of a map. */
final class Absolute {

    static final String ZERO = "the map is zero everywhere";

    private Absolute() {}

    static double[] values(Tensor map) {
        double[] values = new double[map.length()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.abs(map.data()[i]);
        }
        return values;
    }
}
