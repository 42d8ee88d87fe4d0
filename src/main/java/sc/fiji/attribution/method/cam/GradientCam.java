/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.model.Layer;

/** A map that is made of a layer's activations A and of the score's gradient G = df/dA there. */
abstract class GradientCam extends LayerMethod {

    GradientCam(Declaration declaration) {
        super(declaration, true);
    }

    /** What class-activation maps of this kind have in common. */
    static Declaration declare(String name, String summary, String paper, String unit) {
        return Declaration.of(name, summary)
                .paper(paper)
                .unit(unit)
                .signed()
                .level()
                .reads(LayerChoice.OPTION, RELU);
    }

    /**
     * Adds what one channel says.
     *
     * @param a the channel's activations, place by place
     * @param g the gradient there
     * @param map what is added to
     */
    abstract void add(float[] a, float[] g, double[] map);

    /** Forward through the network, and from there back to the layer. */
    @Override
    final long passes(Problem problem, Layer layer) {
        return 0;
    }

    @Override
    final boolean startsWithGradient() {
        return true;
    }

    @Override
    final double[] map(Site site, Progress progress) {
        Tensor gradient = site.gradient();
        double[] map = new double[site.space().size()];
        int[] offsets = site.space().offsets(gradient);
        float[] g = new float[map.length];
        site.forEachChannel(
                site.activations(),
                (channel, a) -> {
                    for (int i = 0; i < g.length; i++) {
                        g[i] = gradient.data()[offsets[i] + channel * gradient.stride('c')];
                    }
                    add(a, g, map);
                });
        return map;
    }
}
