/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation.region;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.perturbation.ScoresOnly;

/**
 * What a region adds to the score, averaged over all sets of the other regions with equal weight;
 * less sensitive to noise than Shapley values, and without their sum. Exact where all sets are
 * tried; else each random set counts for every region (maximum sample reuse). Banzhaf, Weighted
 * Voting Doesn't Work, 1965; Wang and Jia, Data Banzhaf, AISTATS 2023.
 */
@MetaInfServices(AttributionMethod.class)
public final class BanzhafValues implements ScoresOnly {

    private static final Declaration DECLARATION =
            RegionMethods.declare(
                    "Banzhaf Values",
                    "What a region adds to the score on average over sets of the others.",
                    "Banzhaf 1965; Wang and Jia 2023, arXiv:2205.15466",
                    List.of(RegionMethods.COALITIONS, Declaration.SEED));

    @Override
    public Declaration declaration() {
        return DECLARATION;
    }

    @Override
    public long passes(Problem problem) {
        int n = RegionGame.players(problem);
        return RegionGame.passes(problem, cost(n, problem.settings()));
    }

    private static boolean all(int n, Settings settings) {
        return n <= Enumeration.MOST_PLAYERS && 1L << n <= settings.get(RegionMethods.COALITIONS);
    }

    private static long cost(int n, Settings settings) {
        return all(n, settings) ? Enumeration.cost(n) : settings.get(RegionMethods.COALITIONS);
    }

    @Override
    public Attribution attribute(Problem problem, Progress progress) {
        Settings settings = problem.settings();
        int n = RegionGame.players(problem);
        if (!all(n, settings)) {
            requireBothSides(n, settings);
        }
        RegionGame game = new RegionGame(problem, DECLARATION, cost(n, settings), progress);
        if (all(n, settings)) {
            double[] weights = new double[n];
            Arrays.fill(weights, Math.scalb(1.0, 1 - n));
            double[] values = Enumeration.of(game).marginals(weights);
            return game.result(values, Optional.empty()).withFinding("coalitions", "all");
        }
        return sample(game, settings);
    }

    /** Each region must be in and out at least twice, for a mean and its error. */
    private static void requireBothSides(int n, Settings settings) {
        int count = settings.get(RegionMethods.COALITIONS);
        RegionMethods.requireEnough(count, n);
        RegionGame.Coalitions draw = RegionMethods.coins(settings);
        int[] times = new int[n];
        boolean[] in = new boolean[n];
        for (int s = 0; s < count; s++) {
            draw.fill(s, in);
            for (int i = 0; i < n; i++) {
                times[i] += in[i] ? 1 : 0;
            }
        }
        if (Arrays.stream(times).anyMatch(t -> t < 2 || t > count - 2)) {
            throw new OptionException(
                    "coalitions: too few to tell the " + n + " regions apart; take more.");
        }
    }

    /** The mean over the sets with a region minus that over the sets without it. */
    private static Attribution sample(RegionGame game, Settings settings) {
        int count = settings.get(RegionMethods.COALITIONS);
        RegionGame.Coalitions draw = RegionMethods.coins(settings);
        double[] scores = game.values(count, draw);
        int n = game.players();
        Mean[] with = new Mean[n];
        Mean[] without = new Mean[n];
        Arrays.setAll(with, i -> new Mean());
        Arrays.setAll(without, i -> new Mean());
        boolean[] in = new boolean[n];
        for (int s = 0; s < count; s++) {
            draw.fill(s, in);
            for (int i = 0; i < n; i++) {
                (in[i] ? with : without)[i].add(scores[s]);
            }
        }
        double[] values = new double[n];
        double[] errors = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = with[i].mean() - without[i].mean();
            errors[i] = Math.hypot(with[i].standardError(), without[i].standardError());
        }
        return game.result(values, Optional.of(errors))
                .withFinding("coalitions", Integer.toString(count));
    }
}
