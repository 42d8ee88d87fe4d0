/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.evaluation.Metric;

/** {@link Insertion} over parts of the image; see {@link RegionCurve}. */
@MetaInfServices(Metric.class)
public final class RegionInsertion extends RegionCurve {

    public RegionInsertion() {
        super("Region Insertion", "put back", true);
    }
}
