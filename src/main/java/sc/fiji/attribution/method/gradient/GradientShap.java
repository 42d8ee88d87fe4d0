/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;

/**
 * Expected Gradients with noise on the input, which approximates SHAP values. Lundberg and Lee, A
 * Unified Approach to Interpreting Model Predictions, NeurIPS 2017. Complete in expectation where
 * the noise is small.
 */
@MetaInfServices(AttributionMethod.class)
public final class GradientShap extends SampledPaths {

    public GradientShap() {
        super(
                Declaration.of("GradientSHAP", "Expected Gradients with noise on the image.")
                        .paper("Lundberg and Lee 2017, arXiv:1705.07874")
                        .unit("logit")
                        .signed()
                        .complete()
                        .usesBaseline()
                        .reads(NoiseAverage.OPTIONS));
    }

    @Override
    double deviation(Problem problem) {
        return problem.settings().get(NoiseAverage.NOISE) * Noise.range(problem);
    }
}
