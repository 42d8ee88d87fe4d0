/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.AttributionMethod;

/**
 * Each channel weighted by its gradient averaged in proportion to its activations: wₖ = Σ A·G / Σ
 * A. Fu et al., Axiom-based Grad-CAM, BMVC 2020.
 */
@MetaInfServices(AttributionMethod.class)
public final class XGradCam extends WeightedCam {

    public XGradCam() {
        super(
                declare(
                        "XGrad-CAM",
                        "A layer's channels, each weighted by its gradient where it is active.",
                        "Fu et al. 2020, arXiv:2008.02312",
                        "logit"));
    }

    @Override
    double weight(float[] a, float[] g) {
        double product = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * g[i];
        }
        double total = sum(a);
        return total == 0 ? 0 : product / total;
    }
}
