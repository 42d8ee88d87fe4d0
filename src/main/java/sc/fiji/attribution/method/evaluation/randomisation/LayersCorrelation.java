/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.randomisation;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.evaluation.Metric;

/** The mean correlation of signed maps as one layer at a time is randomised. */
@MetaInfServices(Metric.class)
public final class LayersCorrelation extends Randomised {

    public LayersCorrelation() {
        super(
                "Layers Correlation",
                "The mean correlation of signed maps as one layer at a time is randomised.",
                false,
                Similarity::correlation);
    }
}
