/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import java.util.List;
import java.util.Map;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Propagation;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.model.Need;

/** A statistic of the gradient over noisy copies of the input. */
abstract class NoiseAverage implements AttributionMethod {

    static final Option.Whole SAMPLES =
            new Option.Whole("samples", "random samples", 50, 1, 100_000);

    static final Option.Real NOISE =
            new Option.Real(
                    "noise",
                    "standard deviation of the noise as a share of the image's value range",
                    0.1,
                    0,
                    10);

    private static final Map<String, Propagation> GRADIENTS =
            Map.of(
                    "plain", Propagation.Gradient.PLAIN,
                    "guided", Propagation.Gradient.GUIDED,
                    "deconvolution", Propagation.Gradient.DECONVOLUTION);

    static final Option.Choice GRADIENT =
            new Option.Choice(
                    "gradient",
                    "what is averaged: the gradient as it is, or with the rules of Guided Backprop"
                            + " or Deconvolution",
                    "plain",
                    List.of("plain", "guided", "deconvolution"));

    static final List<Option<?>> OPTIONS =
            List.of(SAMPLES, NOISE, GRADIENT, Noise.SEED, Declaration.BATCH);

    private final Declaration declaration;

    NoiseAverage(Declaration declaration) {
        this.declaration = declaration;
    }

    /**
     * The statistic, from the moments over n samples.
     *
     * @param mean of the gradient g
     * @param meanSquare of g²
     */
    abstract double statistic(double mean, double meanSquare);

    @Override
    public final Declaration declaration() {
        return declaration;
    }

    @Override
    public final List<Need> needs(Settings settings) {
        return List.of(Need.backward(GRADIENTS.get(settings.get(GRADIENT))));
    }

    @Override
    public final long passes(Problem problem) {
        return 1L + problem.settings().get(SAMPLES);
    }

    @Override
    public final Attribution attribute(Problem problem, Progress progress) {
        Settings settings = problem.settings();
        double deviation = settings.get(NOISE) * Noise.range(problem);
        Noise noise = Noise.gaussian(deviation, settings.get(Noise.SEED));
        return attribute(problem, noise, progress);
    }

    final Attribution attribute(Problem problem, Noise noise, Progress progress) {
        Settings settings = problem.settings();
        Tensor input = problem.input();
        int samples = settings.get(SAMPLES);
        int length = input.length();
        double[] sum = new double[length];
        double[] squares = new double[length];
        Score score = new Score(problem);
        Propagation rules = GRADIENTS.get(settings.get(GRADIENT));
        new GradientSweep(score, input, settings.get(Declaration.BATCH), rules)
                .run(
                        samples,
                        (index, data, offset) -> {
                            System.arraycopy(input.data(), 0, data, offset, length);
                            noise.add(index, data, offset, length);
                        },
                        (index, value, gradient, offset) -> {
                            for (int i = 0; i < length; i++) {
                                double g = gradient[offset + i];
                                sum[i] += g;
                                squares[i] += g * g;
                            }
                        },
                        progress,
                        declaration.name());
        Tensor map = Tensor.zerosLike(input);
        for (int i = 0; i < length; i++) {
            map.data()[i] = (float) statistic(sum[i] / samples, squares[i] / samples);
        }
        return score.result(declaration, settings, map);
    }
}
