/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.randomisation;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.evaluation.Metric;

/** The mean correlation of signed maps as layers are randomised from the logits down. */
@MetaInfServices(Metric.class)
public final class CascadeCorrelation extends Randomised {

    public CascadeCorrelation() {
        super(
                "Cascade Correlation",
                "The mean correlation of signed maps as layers are randomised from the logits down.",
                true,
                Similarity::correlation);
    }
}
