/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.propagation;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;

/**
 * DeepLIFT averaged over baselines that stand for the distribution of images; with one it is
 * DeepLIFT.
 */
@MetaInfServices(AttributionMethod.class)
public final class DeepLiftShap extends DifferenceMethod {

    public DeepLiftShap() {
        super(
                Declaration.of(
                                "DeepLIFT-SHAP",
                                "DeepLIFT averaged over several baselines, which approximates Shapley values.")
                        .paper("Lundberg and Lee 2017, arXiv:1705.07874")
                        .unit("logit")
                        .signed()
                        .complete()
                        .usesBaseline()
                        .reads(OPTIONS));
    }
}
