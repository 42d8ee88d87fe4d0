/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.propagation;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.gradient.SingleGradient;

/**
 * The gradient of what argues for the class at every activation f: f'(x)·max(dy, 0), for ReLU as
 * published, and the same for ReLU6, leaky ReLU, ELU, SiLU, GELU and others. Sharp, but shows image
 * more than class (Adebayo et al., Sanity Checks for Saliency Maps, 2018).
 */
@MetaInfServices(AttributionMethod.class)
public final class GuidedBackprop extends SingleGradient {

    public GuidedBackprop() {
        super(
                Declaration.of(
                                "Guided Backprop",
                                "The gradient without what argues against, at every activation.")
                        .paper("Springenberg et al. 2015, arXiv:1412.6806")
                        .unit("guided logit per unit of the input")
                        .signed()
                        .reads(),
                Propagation.Gradient.GUIDED);
    }

    @Override
    protected float voxel(float gradient, float input) {
        return gradient;
    }
}
