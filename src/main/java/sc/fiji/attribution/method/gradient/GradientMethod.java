/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;

/**
 * The signed gradient of the score with respect to each input value: how the score would change if
 * the voxel became brighter. Simonyan et al., Deep Inside Convolutional Networks, ICLR workshop
 * 2014 (there its absolute value).
 */
@MetaInfServices(AttributionMethod.class)
public final class GradientMethod extends SingleGradient {

    public GradientMethod() {
        super(
                Declaration.of("Gradient", "How the score changes when a voxel becomes brighter.")
                        .paper("Simonyan et al. 2014, arXiv:1312.6034")
                        .unit("logit per unit of the input")
                        .signed()
                        .reads());
    }

    @Override
    protected float voxel(float gradient, float input) {
        return gradient;
    }
}
