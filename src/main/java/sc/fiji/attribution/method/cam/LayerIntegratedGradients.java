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
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.gradient.Quadrature;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;

/**
 * Integrated Gradients of a layer's activations: (A − A') · ∫ ∂f/∂A along the straight line from
 * the activations A' of the baseline to those of the image, A. It sums to f(x) − f(baseline).
 * Sundararajan et al., Axiomatic Attribution for Deep Networks, ICML 2017, with the layer for
 * input. Only what follows the layer runs for each step.
 */
@MetaInfServices(AttributionMethod.class)
public final class LayerIntegratedGradients extends LayerPath {

    public LayerIntegratedGradients() {
        super(
                Declaration.of(
                                "Layer Integrated Gradients",
                                "Each place's share of the score's difference, at a hidden layer.")
                        .paper("Sundararajan et al. 2017, arXiv:1703.01365")
                        .unit("logit")
                        .signed()
                        .complete()
                        .usesBaseline()
                        .reads(LayerChoice.OPTION, STEPS, RULE, Declaration.BATCH));
    }

    @Override
    long passes(Problem problem, Layer layer) {
        return problem.baseline().count() + super.passes(problem, layer);
    }

    @Override
    void add(Site site, Tensor baseline, double[] sum, Progress progress) {
        Quadrature rule =
                Quadrature.of(
                        site.problem().settings().get(RULE), site.problem().settings().get(STEPS));
        String layer = site.layer().name();
        Tensor end = site.activations();
        Tensor start =
                site.score()
                        .trace(Pass.forward(layer), Layers.Feed.image(baseline))
                        .activations()
                        .get(layer);
        sweep(
                site,
                layer,
                start,
                end,
                rule.nodes(),
                (point, a, g, offset) -> {
                    double weight = rule.weights()[point];
                    for (int i = 0; i < sum.length; i++) {
                        double distance = (double) end.data()[i] - start.data()[i];
                        sum[i] += weight * distance * g[offset + i];
                    }
                },
                progress);
    }
}
