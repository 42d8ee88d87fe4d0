/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.AttributionMethod;

/**
 * The gradient times the activation at each place, summed over the channels: Σₖ Gₖ·Aₖ, which says
 * where the score is made of the layer when the rest of the network is linear. Draelos and Carin,
 * Use HiResCAM instead of Grad-CAM, 2020.
 */
@MetaInfServices(AttributionMethod.class)
public final class HiResCam extends GradientCam {

    public HiResCam() {
        super(
                declare(
                        "HiResCAM",
                        "Gradient times activation at each place of a layer.",
                        "Draelos and Carin 2020, arXiv:2011.08891",
                        "logit"));
    }

    @Override
    void add(float[] a, float[] g, double[] map) {
        for (int i = 0; i < map.length; i++) {
            map[i] += (double) g[i] * a[i];
        }
    }
}
