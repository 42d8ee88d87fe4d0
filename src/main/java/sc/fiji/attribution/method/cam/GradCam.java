/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.AttributionMethod;

/**
 * Each channel weighted by its mean gradient over space: wₖ = mean(Gₖ). Selvaraju et al., Grad-CAM:
 * Visual Explanations from Deep Networks via Gradient-Based Localization, ICCV 2017 (there with a
 * ReLU at the end).
 */
@MetaInfServices(AttributionMethod.class)
public final class GradCam extends WeightedCam {

    public GradCam() {
        super(
                declare(
                        "Grad-CAM",
                        "A layer's channels, each weighted by its mean gradient.",
                        "Selvaraju et al. 2017, arXiv:1610.02391",
                        "logit"));
    }

    @Override
    double weight(float[] a, float[] g) {
        return sum(g) / g.length;
    }
}
