/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.Arrays;
import java.util.List;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Pace;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.ScoreSweep;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.sampling.Adam;
import sc.fiji.attribution.method.space.Inside;

/**
 * The smallest smooth part of the image whose replacement by the baseline takes the score down,
 * found by gradient descent on a mask of low resolution. Fong and Vedaldi, Interpretable
 * Explanations of Black Boxes by Meaningful Perturbation, ICCV 2017.
 *
 * <p>Minimises g(m) + sparsity · mean(1 − m) + smoothness · mean |∇m|², where g is the score of x·m
 * + b·(1 − m) scaled so that the image has 1 and the baseline 0; both means are over the mask's
 * values. The map is 1 − m: 1 where the image is replaced. Needs gradients. Several baselines take
 * turns.
 */
@MetaInfServices(AttributionMethod.class)
public final class ExtremalMask implements AttributionMethod {

    static final Option.Whole ITERATIONS =
            new Option.Whole("iterations", "steps of gradient descent", 200, 1, 100_000);

    static final Option.Real SPARSITY =
            new Option.Real(
                    "sparsity",
                    "what replacing the whole image would cost, in shares of f(x) - f(baseline)",
                    0.5,
                    0,
                    1e6);

    static final Option.Real SMOOTHNESS =
            new Option.Real("smoothness", "cost of steps between the mask's values", 0.2, 0, 1e6);

    private static final double RATE = 0.1;

    private static final Declaration DECLARATION =
            Declaration.of(
                            "Extremal Mask",
                            "The smallest smooth part whose replacement takes the score down.")
                    .paper("Fong and Vedaldi 2017, arXiv:1704.03296")
                    .unit("share replaced")
                    .usesBaseline()
                    .level()
                    .reads(ITERATIONS, CoarseGrid.CELL, SPARSITY, SMOOTHNESS, ScoreSweep.LIMIT);

    @Override
    public Declaration declaration() {
        return DECLARATION;
    }

    /** The image, each baseline, each step, and the masked image. */
    @Override
    public long passes(Problem problem) {
        return 2L + problem.baseline().count() + problem.settings().get(ITERATIONS);
    }

    @Override
    public Attribution attribute(Problem problem, Progress progress) {
        Settings settings = problem.settings();
        Tensor input = problem.input();
        CoarseGrid grid = CoarseGrid.of(problem);
        ScoreSweep.requireWithinLimit(problem, DECLARATION.name(), passes(problem));
        List<Tensor> references = Inside.references(problem);
        Score score = new Score(problem);
        double ofBaseline = 0;
        for (Tensor reference : references) {
            ofBaseline += score.of(reference) / references.size();
        }
        double scale = Math.max(1e-6, Math.abs(score.ofInput() - ofBaseline));
        float[] mask = new float[grid.size()];
        Arrays.fill(mask, 0.5f);
        float[] fine = new float[grid.space().size()];
        int[] unshifted = new int[grid.cell().length];
        Adam descent = new Adam(mask.length);
        int iterations = settings.get(ITERATIONS);
        Pace pace = new Pace(DECLARATION.name(), iterations, progress);
        for (int step = 0; step < iterations; step++) {
            pace.next();
            long start = System.nanoTime();
            Tensor reference = references.get(step % references.size());
            grid.interpolate(mask, unshifted, fine);
            Tensor masked = masked(input, reference, grid, fine);
            float[] gradient = score.gradient(masked).gradient().data();
            double[] slope = grid.gather(along(gradient, input, reference, grid, scale));
            for (int i = 0; i < mask.length; i++) {
                slope[i] -= settings.get(SPARSITY) / mask.length;
            }
            Smoothness.add(grid.nodes(), mask, settings.get(SMOOTHNESS), slope);
            descent.step(slope);
            for (int i = 0; i < mask.length; i++) {
                mask[i] = (float) Math.min(1, Math.max(0, mask[i] - RATE * slope[i]));
            }
            pace.did(1, (System.nanoTime() - start) / 1e9);
        }
        pace.finish();
        grid.interpolate(mask, unshifted, fine);
        double after = score.of(masked(input, references.get(0), grid, fine));
        Tensor map = new ChannelGroups(List.of(""), new int[input.size('c')]).map(input);
        int[] to = grid.space().offsets(map);
        for (int i = 0; i < fine.length; i++) {
            map.data()[to[i]] = 1 - fine[i];
        }
        Inside.clear(map, problem);
        return score.against(DECLARATION, settings, map, problem.baseline().description())
                .withFinding("score.masked", Findings.number(after))
                .withFinding("mask.share", Findings.number(map.sum() / fine.length));
    }

    private static Tensor masked(Tensor input, Tensor reference, CoarseGrid grid, float[] fine) {
        Tensor masked = Tensor.zerosLike(input);
        int[] offsets = grid.space().offsets(input);
        for (int i = 0; i < fine.length; i++) {
            for (int c = 0; c < input.size('c'); c++) {
                int at = offsets[i] + c * input.stride('c');
                float hidden = reference.data()[at];
                masked.data()[at] = hidden + fine[i] * (input.data()[at] - hidden);
            }
        }
        return masked;
    }

    /** How the scaled score changes with the mask at each position. */
    private static double[] along(
            float[] gradient, Tensor input, Tensor reference, CoarseGrid grid, double scale) {
        int[] offsets = grid.space().offsets(input);
        double[] along = new double[offsets.length];
        for (int i = 0; i < along.length; i++) {
            for (int c = 0; c < input.size('c'); c++) {
                int at = offsets[i] + c * input.stride('c');
                double distance = (double) input.data()[at] - reference.data()[at];
                along[i] += gradient[at] * distance / scale;
            }
        }
        return along;
    }
}
