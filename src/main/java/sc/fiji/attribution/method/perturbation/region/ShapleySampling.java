/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation.region;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.perturbation.Findings;
import sc.fiji.attribution.method.perturbation.ScoresOnly;
import sc.fiji.attribution.method.sampling.SampleRandom;

/**
 * Shapley values of any number of regions from random orders, each followed by its reverse
 * (antithetic), until the largest standard error is below the tolerance. Each order's values add up
 * to f(x) − v(∅). Castro et al., Polynomial Calculation of the Shapley Value Based on Sampling,
 * 2009; Mitchell et al., Sampling Permutations for Shapley Value Estimation, JMLR 2022.
 */
@MetaInfServices(AttributionMethod.class)
public final class ShapleySampling implements ScoresOnly {

    static final Option.Whole PERMUTATIONS =
            new Option.Whole(
                    "permutations",
                    "random orders of the regions at most; rounded up to pairs",
                    256,
                    2,
                    1_000_000);

    static final Option.Real TOLERANCE =
            new Option.Real(
                    "tolerance",
                    "standard error at which sampling stops, as a share of f(x) - f(baseline); 0 ="
                            + " never",
                    0.01,
                    0,
                    1);

    /** Pairs between two looks at the errors; from so many on a standard error means something. */
    private static final int ROUND = 64;

    private static final Declaration DECLARATION =
            RegionMethods.declare(
                    "Shapley Sampling",
                    "What a region adds to the score, averaged over random orders of regions.",
                    "Castro et al. 2009; Mitchell et al. 2022, arXiv:2104.12199",
                    List.of(PERMUTATIONS, TOLERANCE, Declaration.SEED));

    @Override
    public Declaration declaration() {
        return DECLARATION;
    }

    /** The most that it takes. */
    @Override
    public long passes(Problem problem) {
        int n = RegionGame.players(problem);
        return RegionGame.passes(problem, cost(n, pairs(problem.settings())));
    }

    private static int pairs(Settings settings) {
        return (settings.get(PERMUTATIONS) + 1) / 2;
    }

    /** The first and the last coalition of an order are known. */
    private static long cost(int n, int pairs) {
        return 1 + 2L * pairs * (n - 1);
    }

    @Override
    public Attribution attribute(Problem problem, Progress progress) {
        Settings settings = problem.settings();
        int n = RegionGame.players(problem);
        int most = pairs(settings);
        RegionGame game = new RegionGame(problem, DECLARATION, cost(n, most), progress);
        double empty = game.empty();
        double allowed = settings.get(TOLERANCE) * Math.abs(game.full() - empty);
        int seed = settings.get(Declaration.SEED);
        Mean[] means = new Mean[n];
        Arrays.setAll(means, i -> new Mean());
        int pairs = 0;
        do {
            int more = Math.min(ROUND, most - pairs);
            add(game, empty, seed, pairs, more, means);
            pairs += more;
        } while (pairs < most && !sure(means, allowed, settings));
        double[] values = Arrays.stream(means).mapToDouble(Mean::mean).toArray();
        double[] errors = Arrays.stream(means).mapToDouble(Mean::standardError).toArray();
        String stopped =
                sure(means, allowed, settings)
                        ? "at the tolerance"
                        : "at the number of permutations, standard error "
                                + Findings.number(error(means));
        return game.result(values, Optional.of(errors), empty)
                .withFinding("permutations", Integer.toString(2 * pairs))
                .withFinding("stopped", stopped);
    }

    /** A standard error of zero is within every tolerance but none. */
    private static boolean sure(Mean[] means, double allowed, Settings settings) {
        return settings.get(TOLERANCE) > 0 && error(means) <= allowed;
    }

    private static double error(Mean[] means) {
        return Arrays.stream(means).mapToDouble(Mean::standardError).max().orElse(0);
    }

    /** Adds pairs of orders; a sample is the mean of an order and its reverse. */
    private static void add(
            RegionGame game, double empty, int seed, int first, int count, Mean[] means) {
        int n = means.length;
        int inner = n - 1;
        int[][] orders = new int[count][];
        Arrays.setAll(orders, p -> order(n, seed, first + p));
        double[] scores =
                game.values(
                        2 * count * inner,
                        (index, in) -> {
                            int[] order = orders[index / (2 * inner)];
                            boolean reverse = index / inner % 2 == 1;
                            for (int k = 0; k <= index % inner; k++) {
                                in[order[reverse ? n - 1 - k : k]] = true;
                            }
                        });
        double[] added = new double[n];
        for (int p = 0; p < count; p++) {
            Arrays.fill(added, 0);
            for (int way = 0; way < 2; way++) {
                double before = empty;
                for (int k = 0; k < n; k++) {
                    double after = k < inner ? scores[(2 * p + way) * inner + k] : game.full();
                    added[orders[p][way == 1 ? n - 1 - k : k]] += (after - before) / 2;
                    before = after;
                }
            }
            for (int i = 0; i < n; i++) {
                means[i].add(added[i]);
            }
        }
    }

    private static int[] order(int n, int seed, int pair) {
        SplittableRandom random = SampleRandom.of(seed, pair);
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
