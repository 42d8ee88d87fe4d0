/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.AttributionMethod;

/**
 * The positive gradient times the activation at each place: Σₖ max(0, Gₖ)·Aₖ, for fine maps of
 * early layers too. Jiang et al., LayerCAM: Exploring Hierarchical Class Activation Maps for
 * Localization, IEEE TIP 2021 (there with a ReLU at the end).
 */
@MetaInfServices(AttributionMethod.class)
public final class LayerCam extends GradientCam {

    public LayerCam() {
        super(
                declare(
                        "LayerCAM",
                        "Positive gradient times activation at each place of a layer.",
                        "Jiang et al. 2021, doi:10.1109/TIP.2021.3089943",
                        "logit"));
    }

    @Override
    void add(float[] a, float[] g, double[] map) {
        for (int i = 0; i < map.length; i++) {
            map[i] += Math.max(0, (double) g[i]) * a[i];
        }
    }
}
