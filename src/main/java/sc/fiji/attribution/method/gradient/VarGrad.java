/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;

/**
 * The population variance of the gradient over noisy copies of the input. Adebayo et al., Local
 * Explanation Methods for Deep Neural Networks, 2018.
 */
@MetaInfServices(AttributionMethod.class)
public final class VarGrad extends NoiseAverage {

    public VarGrad() {
        super(
                Declaration.of(
                                "VarGrad",
                                "The variance of the gradient over noisy copies of the image.")
                        .paper("Adebayo et al. 2018, arXiv:1810.03292")
                        .unit("(logit per unit of the input)²")
                        .reads(OPTIONS));
    }

    @Override
    double statistic(double mean, double meanSquare) {
        return Math.max(0, meanSquare - mean * mean);
    }
}
