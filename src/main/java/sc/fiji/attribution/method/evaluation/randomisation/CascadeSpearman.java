/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.randomisation;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.evaluation.Metric;

/** The mean rank correlation of absolute maps as layers are randomised from the logits down. */
@MetaInfServices(Metric.class)
public final class CascadeSpearman extends Randomised {

    public CascadeSpearman() {
        super(
                "Cascade Spearman",
                "The mean rank correlation of absolute maps as layers are randomised from the logits down.",
                true,
                Similarity::spearman);
    }
}
