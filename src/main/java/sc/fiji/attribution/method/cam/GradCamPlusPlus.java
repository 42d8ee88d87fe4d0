/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.AttributionMethod;

/**
 * Each channel weighted by its positive gradients, and these so that several objects of one class
 * count alike: wₖ = Σ α·max(0, G) with α = G² / (2·G² + (Σ A)·G³) at each place. Chattopadhay et
 * al., Grad-CAM++, WACV 2018, equations 10 and 19. The paper explains exp(f), whose derivatives are
 * exp(f) times these powers of G: α is the same, and the map is without the factor exp(f).
 */
@MetaInfServices(AttributionMethod.class)
public final class GradCamPlusPlus extends WeightedCam {

    public GradCamPlusPlus() {
        super(
                declare(
                        "Grad-CAM++",
                        "A layer's channels, each weighted by its positive gradients, several objects alike.",
                        "Chattopadhay et al. 2018, arXiv:1710.11063",
                        "logit"));
    }

    @Override
    double weight(float[] a, float[] g) {
        double total = sum(a);
        double weight = 0;
        for (double gradient : g) {
            double square = gradient * gradient;
            double denominator = 2 * square + total * square * gradient;
            if (denominator != 0) {
                weight += square / denominator * Math.max(0, gradient);
            }
        }
        return weight;
    }
}
