/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.propagation;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;

/** Differences between the image and a baseline, handed on from layer to layer. */
@MetaInfServices(AttributionMethod.class)
public final class DeepLift extends DifferenceMethod {

    public DeepLift() {
        super(
                Declaration.of(
                                "DeepLIFT",
                                "Differences from the baseline, layer by layer, that add up to that of the score.")
                        .paper("Shrikumar et al. 2017, arXiv:1704.02685")
                        .unit("logit")
                        .signed()
                        .complete()
                        .usesBaseline()
                        .reads(OPTIONS));
    }
}
