/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.cam;

import java.util.List;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.gradient.Quadrature;
import sc.fiji.attribution.model.Layer;

/**
 * What flows through each activation of a layer on the straight line from a baseline to the image:
 * ∫ ∂f/∂A · dA. It sums to f(x) − f(baseline). Dhamdhere et al., How Important Is a Neuron?, ICLR
 * 2019; the integral as Shrikumar et al., Computationally Efficient Measures of Internal Neuron
 * Importance, 2018, make it of differences of A from point to point, with the mean of the gradients
 * at both.
 */
@MetaInfServices(AttributionMethod.class)
public final class LayerConductance extends LayerPath {

    public static final Declaration DECLARATION =
            Declaration.of(
                            "Layer Conductance",
                            "What of the score flows through each place of a hidden layer.")
                    .paper("Dhamdhere et al. 2019, arXiv:1805.12233")
                    .unit("logit")
                    .signed()
                    .complete()
                    .usesBaseline()
                    .reads(LayerChoice.OPTION, STEPS, Declaration.BATCH);

    public LayerConductance() {
        super(DECLARATION);
    }

    /**
     * What flows through each channel of a layer: the sums over space, in the order of the
     * channels. They add up to f(x) − f(baseline) as the map does.
     *
     * @param problem with the settings of {@link #DECLARATION}
     * @throws OptionException where connections lead past the layer
     */
    public static double[] ofChannels(Problem problem, String name, Progress progress) {
        LayerConductance method = new LayerConductance();
        Layer layer = problem.classifier().layers().orElseThrow().named(name);
        method.require(problem, List.of(layer));
        Score score = new Score(problem, layer.name());
        Tensor a = score.activations(layer.name());
        double[] parts = method.parts(new Site(problem, score, layer, a), progress);
        Tensor.Along along = a.along('c');
        double[] channels = new double[along.size()];
        for (int i = 0; i < parts.length; i++) {
            channels[along.place(i)] += parts[i];
        }
        return channels;
    }

    @Override
    void add(Site site, Tensor baseline, double[] sum, Progress progress) {
        int steps = site.problem().settings().get(STEPS);
        float[] before = new float[sum.length];
        float[] slope = new float[sum.length];
        sweep(
                site,
                Pass.IMAGE,
                baseline,
                site.problem().input(),
                Quadrature.of("trapezoid", steps).nodes(),
                (point, a, g, offset) -> {
                    for (int i = 0; i < sum.length; i++) {
                        if (point > 0) {
                            double change = (double) a[offset + i] - before[i];
                            sum[i] += change * ((double) slope[i] + g[offset + i]) / 2;
                        }
                        before[i] = a[offset + i];
                        slope[i] = g[offset + i];
                    }
                },
                progress);
    }
}
