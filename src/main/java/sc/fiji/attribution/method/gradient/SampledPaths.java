/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import java.util.List;
import java.util.SplittableRandom;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;

/**
 * Integrated Gradients averaged over many baselines by sampling: the mean of (x − b)·∇f(b + α·(x −
 * b)) over baselines b, α in [0, 1] and, where there is any, noise on x.
 *
 * <p>The α are stratified, one in each of {@code samples} equal cells, and meet the baselines in
 * random order: unbiased, with less variance than independent draws.
 */
abstract class SampledPaths implements AttributionMethod {

    private final Declaration declaration;

    SampledPaths(Declaration declaration) {
        this.declaration = declaration;
    }

    /** Standard deviation of the noise on x, in units of the input. */
    abstract double deviation(Problem problem);

    @Override
    public final Declaration declaration() {
        return declaration;
    }

    @Override
    public final long passes(Problem problem) {
        return 1L + problem.baseline().count() + problem.settings().get(NoiseAverage.SAMPLES);
    }

    @Override
    public final Attribution attribute(Problem problem, Progress progress) {
        Settings settings = problem.settings();
        Tensor input = problem.input();
        float[] x = input.data();
        List<Tensor> references = problem.baseline().references(input);
        int samples = settings.get(NoiseAverage.SAMPLES);
        int seed = settings.get(Noise.SEED);
        double[] alphas = stratified(samples, seed);
        Noise noise = Noise.gaussian(deviation(problem), seed);

        Score score = new Score(problem);
        double[] sum = new double[x.length];
        float[] noisy = new float[x.length];
        new GradientSweep(score, input, settings.get(Declaration.BATCH))
                .run(
                        samples,
                        (k, data, offset) ->
                                path(references, k, x, noise, noisy).write(alphas[k], data, offset),
                        (k, value, gradient, offset) -> {
                            StraightPath path = path(references, k, x, noise, noisy);
                            for (int i = 0; i < sum.length; i++) {
                                sum[i] += path.change(i) * gradient[offset + i];
                            }
                        },
                        progress,
                        declaration.name());
        Tensor map = Tensor.zerosLike(input);
        for (int i = 0; i < sum.length; i++) {
            map.data()[i] = (float) (sum[i] / samples);
        }
        double baselineScore = 0;
        for (Tensor reference : references) {
            baselineScore += score.of(reference) / references.size();
        }
        return score.complete(
                declaration, settings, map, problem.baseline().description(), baselineScore);
    }

    /** The path of sample k; the noise is made again rather than stored. */
    private static StraightPath path(
            List<Tensor> references, int k, float[] x, Noise noise, float[] noisy) {
        System.arraycopy(x, 0, noisy, 0, x.length);
        noise.add(k, noisy, 0, x.length);
        return new StraightPath(references.get(k % references.size()).data(), noisy);
    }

    /** One number in each of n equal cells of [0, 1], in random order. */
    private static double[] stratified(int n, int seed) {
        SplittableRandom random = Noise.random(seed, -1);
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            values[i] = values[j];
            values[j] = (i + random.nextDouble()) / n;
        }
        return values;
    }
}
