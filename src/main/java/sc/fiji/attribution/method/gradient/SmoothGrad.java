/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;

/** The mean gradient over noisy copies of the input. Smilkov et al., SmoothGrad, 2017. */
@MetaInfServices(AttributionMethod.class)
public final class SmoothGrad extends NoiseAverage {

    public SmoothGrad() {
        super(
                Declaration.of(
                                "SmoothGrad",
                                "The gradient averaged over noisy copies of the image.")
                        .paper("Smilkov et al. 2017, arXiv:1706.03825")
                        .unit("logit per unit of the input")
                        .signed()
                        .reads(OPTIONS));
    }

    @Override
    double statistic(double mean, double meanSquare) {
        return mean;
    }
}
