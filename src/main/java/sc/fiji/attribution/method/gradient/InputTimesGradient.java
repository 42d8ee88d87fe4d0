/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;

/**
 * Each input value times its gradient: the first-order share of the voxel in the score. Shrikumar
 * et al., Not Just a Black Box, 2016.
 */
@MetaInfServices(AttributionMethod.class)
public final class InputTimesGradient extends SingleGradient {

    public InputTimesGradient() {
        super(
                Declaration.of("Input x Gradient", "Each voxel's value times its gradient.")
                        .paper("Shrikumar et al. 2016, arXiv:1605.01713")
                        .unit("logit")
                        .signed()
                        .reads());
    }

    @Override
    protected float voxel(float gradient, float input) {
        return gradient * input;
    }
}
