/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.Locale;

/** How numbers stand in findings. */
public final class Findings {

    private Findings() {}

    public static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }
}
