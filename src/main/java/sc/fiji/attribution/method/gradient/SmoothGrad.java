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
                new Declaration(
                        "SmoothGrad",
                        "The gradient averaged over noisy copies of the image.",
                        "Smilkov et al. 2017, arXiv:1706.03825",
                        "logit per unit of the input",
                        true,
                        false,
                        false,
                        OPTIONS));
    }

    @Override
    double statistic(double mean, double meanSquare) {
        return mean;
    }
}
