/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.gradient.Quadrature;

/**
 * The gradient at a layer averaged along the straight line from a baseline to the image: ∫ ∂f/∂A.
 * How much the score depends on each of the layer's activations, not how much of it they make.
 * Leino et al., Influence-Directed Explanations for Deep Convolutional Networks, ITC 2018.
 */
@MetaInfServices(AttributionMethod.class)
public final class InternalInfluence extends LayerPath {

    public InternalInfluence() {
        super(
                Declaration.of(
                                "Internal Influence",
                                "The gradient at a hidden layer, averaged along a path.")
                        .paper("Leino et al. 2018, arXiv:1802.03788")
                        .unit("logit per unit of activation")
                        .signed()
                        .usesBaseline()
                        .reads(LayerChoice.OPTION, STEPS, RULE, Declaration.BATCH));
    }

    @Override
    void add(Site site, Tensor baseline, double[] sum, Progress progress) {
        Quadrature rule =
                Quadrature.of(
                        site.problem().settings().get(RULE), site.problem().settings().get(STEPS));
        sweep(
                site,
                Pass.IMAGE,
                baseline,
                site.problem().input(),
                rule.nodes(),
                (point, a, g, offset) -> {
                    double weight = rule.weights()[point];
                    for (int i = 0; i < sum.length; i++) {
                        sum[i] += weight * g[offset + i];
                    }
                },
                progress);
    }
}
