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
 * The gradient with max(dy, 0) at every activation, whatever came forward. Shows which patterns
 * would argue for the class rather than which did.
 */
@MetaInfServices(AttributionMethod.class)
public final class Deconvolution extends SingleGradient {

    public Deconvolution() {
        super(
                Declaration.of(
                                "Deconvolution",
                                "The gradient with the activations applied on the way back instead.")
                        .paper("Zeiler and Fergus 2014, arXiv:1311.2901")
                        .unit("deconvolved logit per unit of the input")
                        .signed()
                        .reads(),
                Propagation.Gradient.DECONVOLUTION);
    }

    @Override
    protected float voxel(float gradient, float input) {
        return gradient;
    }
}
