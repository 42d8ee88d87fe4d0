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
 * Integrated Gradients averaged over baselines. Erion et al., Improving performance of deep
 * learning models with axiomatic attribution priors and expected gradients, 2021.
 */
@MetaInfServices(AttributionMethod.class)
public final class ExpectedGradients extends SampledPaths {

    public ExpectedGradients() {
        super(
                Declaration.of(
                                "Expected Gradients",
                                "Integrated Gradients averaged over many baselines by sampling.")
                        .paper("Erion et al. 2021, arXiv:1906.10670")
                        .unit("logit")
                        .signed()
                        .complete()
                        .usesBaseline()
                        .reads(NoiseAverage.SAMPLES, Noise.SEED, Declaration.BATCH));
    }

    @Override
    double deviation(Problem problem) {
        return 0;
    }
}
