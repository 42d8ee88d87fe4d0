/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;

/**
 * The gradient times the activation of each unit of a layer, summed over the channels: what {@link
 * HiResCam} shows as a level, as an amount that is spread over the image. Ancona et al., Towards
 * Better Understanding of Gradient-Based Attribution Methods, ICLR 2018, at a hidden layer.
 */
@MetaInfServices(AttributionMethod.class)
public final class LayerGradientTimesActivation extends GradientCam {

    public LayerGradientTimesActivation() {
        super(
                Declaration.of(
                                "Layer Gradient x Activation",
                                "Gradient times activation of a layer's units, as an amount.")
                        .paper("Ancona et al. 2018, arXiv:1711.06104")
                        .unit("logit")
                        .signed()
                        .reads(LayerChoice.OPTION));
    }

    @Override
    void add(float[] a, float[] g, double[] map) {
        for (int i = 0; i < map.length; i++) {
            map[i] += (double) g[i] * a[i];
        }
    }
}
