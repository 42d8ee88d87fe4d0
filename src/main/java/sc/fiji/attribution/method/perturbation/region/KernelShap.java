/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation.region;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.perturbation.ScoresOnly;
import sc.fiji.attribution.method.sampling.SampleRandom;

/**
 * Shapley values as the solution of a weighted least squares problem over coalitions, with the
 * efficiency constraint; exact where all coalitions are tried. Sampled coalitions come in pairs
 * with their complement, and their sizes follow the Shapley kernel. Lundberg and Lee, A Unified
 * Approach to Interpreting Model Predictions, NeurIPS 2017; Covert and Lee, Improving KernelSHAP,
 * AISTATS 2021.
 */
@MetaInfServices(AttributionMethod.class)
public final class KernelShap implements ScoresOnly {

    private static final Declaration DECLARATION =
            RegionMethods.declare(
                    "KernelSHAP",
                    "Shapley values by weighted least squares over sets of regions.",
                    "Lundberg and Lee 2017, arXiv:1705.07874; Covert and Lee 2021,"
                            + " arXiv:2012.01536",
                    List.of(RegionMethods.COALITIONS, Declaration.SEED));

    @Override
    public Declaration declaration() {
        return DECLARATION;
    }

    @Override
    public long passes(Problem problem) {
        int n = RegionGame.players(problem);
        return RegionGame.passes(problem, 1 + count(n, problem.settings()));
    }

    private static boolean all(int n, Settings settings) {
        return n <= 30 && (1L << n) - 2 <= settings.get(RegionMethods.COALITIONS);
    }

    private static int count(int n, Settings settings) {
        return all(n, settings)
                ? (1 << n) - 2
                : (settings.get(RegionMethods.COALITIONS) + 1) / 2 * 2;
    }

    @Override
    public Attribution attribute(Problem problem, Progress progress) {
        Settings settings = problem.settings();
        int n = RegionGame.players(problem);
        int count = count(n, settings);
        boolean all = all(n, settings);
        if (!all) {
            RegionMethods.requireEnough(count, n);
        }
        RegionGame.Coalitions coalitions =
                all
                        ? (index, in) -> Enumeration.fill(index + 1, in)
                        : pairs(n, settings.get(Declaration.SEED));
        EfficientFit fit = new EfficientFit(n);
        boolean[] in = new boolean[n];
        for (int s = 0; s < count; s++) {
            coalitions.fill(s, in);
            fit.expect(in, all ? kernel(n, size(in)) : 1);
        }
        fit.prepare();
        RegionGame game = new RegionGame(problem, DECLARATION, 1 + count, progress);
        double empty = game.empty();
        double[] scores = game.values(count, coalitions);
        for (int s = 0; s < count; s++) {
            coalitions.fill(s, in);
            fit.add(in, scores[s] - empty, all ? kernel(n, size(in)) : 1);
        }
        double[] values = fit.solve(game.full() - empty);
        Optional<double[]> errors =
                all
                        ? Optional.empty()
                        : Optional.of(
                                fit.standardErrors(
                                        values,
                                        count / 2,
                                        (pair, both) -> {
                                            coalitions.fill(2 * pair, both);
                                            return scores[2 * pair] - empty;
                                        },
                                        pair -> scores[2 * pair + 1] - empty));
        return game.result(values, errors, empty)
                .withFinding("coalitions", all ? "all" : Integer.toString(count));
    }

    private static int size(boolean[] in) {
        int size = 0;
        for (boolean each : in) {
            size += each ? 1 : 0;
        }
        return size;
    }

    /** (n − 1) / (C(n, k) k (n − k)). */
    private static double kernel(int n, int k) {
        double binomial = 1;
        for (int i = 1; i <= k; i++) {
            binomial = binomial * (n - k + i) / i;
        }
        return (n - 1) / (binomial * k * (n - k));
    }

    /** Even numbers are drawn with sizes by the kernel; odd ones are their complements. */
    private static RegionGame.Coalitions pairs(int n, int seed) {
        double[] upTo = new double[n];
        for (int k = 1; k < n; k++) {
            upTo[k] = upTo[k - 1] + 1.0 / (k * (double) (n - k));
        }
        return (index, in) -> {
            SplittableRandom random = SampleRandom.of(seed, index / 2);
            double at = random.nextDouble() * upTo[n - 1];
            int k = 1;
            while (k < n - 1 && upTo[k] <= at) {
                k++;
            }
            // Each member in turn, with the chance that it is among the k of those left.
            for (int i = 0; i < n; i++) {
                in[i] = random.nextInt(n - i) < k;
                k -= in[i] ? 1 : 0;
            }
            for (int i = 0; i < n && index % 2 == 1; i++) {
                in[i] = !in[i];
            }
        };
    }
}
