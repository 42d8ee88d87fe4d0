/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;

/**
 * The mean squared gradient over noisy copies of the input. Hooker et al., A Benchmark for
 * Interpretability Methods, NeurIPS 2019.
 */
@MetaInfServices(AttributionMethod.class)
public final class SmoothGradSquared extends NoiseAverage {

    public SmoothGradSquared() {
        super(
                Declaration.of(
                                "SmoothGrad Squared",
                                "The squared gradient averaged over noisy copies of the image.")
                        .paper("Hooker et al. 2019, arXiv:1806.10758")
                        .unit("(logit per unit of the input)²")
                        .reads(OPTIONS));
    }

    @Override
    double statistic(double mean, double meanSquare) {
        return meanSquare;
    }
}
