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
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.perturbation.Findings;
import sc.fiji.attribution.method.perturbation.ScoresOnly;

/**
 * A linear model of the score in terms of which regions are left, fitted to random sets of them
 * that count the more, the more is left. Ribeiro et al., "Why Should I Trust You?", KDD 2016.
 */
@MetaInfServices(AttributionMethod.class)
public final class Lime implements ScoresOnly {

    static final Option.Choice KERNEL =
            new Option.Choice(
                    "kernel",
                    "what the weight of a set falls with: its cosine distance to the image, its"
                            + " share of removed regions, or nothing",
                    "cosine",
                    List.of("cosine", "share", "none"));

    static final Option.Real WIDTH =
            new Option.Real("width", "distance at which the kernel is 1/e", 0.25, 1e-3, 1e3);

    static final Option.Choice REGRESSION =
            new Option.Choice(
                    "regression",
                    "ridge keeps all regions, lasso only the important ones",
                    "ridge",
                    List.of("ridge", "lasso"));

    static final Option.Real PENALTY =
            new Option.Real("penalty", "of the regression, per mean squared error", 1e-4, 0, 1e6);

    private static final Declaration DECLARATION =
            RegionMethods.declare(
                    "LIME",
                    "A linear model of the score in terms of the regions that are left.",
                    "Ribeiro et al. 2016, arXiv:1602.04938",
                    List.of(
                            RegionMethods.COALITIONS,
                            KERNEL,
                            WIDTH,
                            REGRESSION,
                            PENALTY,
                            Declaration.SEED));

    @Override
    public Declaration declaration() {
        return DECLARATION;
    }

    @Override
    public long passes(Problem problem) {
        return RegionGame.passes(problem, problem.settings().get(RegionMethods.COALITIONS));
    }

    @Override
    public Attribution attribute(Problem problem, Progress progress) {
        Settings settings = problem.settings();
        int count = settings.get(RegionMethods.COALITIONS);
        int n = RegionGame.players(problem);
        RegionMethods.requireEnough(count, n);
        RegionGame game = new RegionGame(problem, DECLARATION, count, progress);
        RegionGame.Coalitions draw = RegionMethods.coins(settings);
        double[] scores = game.values(count, draw);
        LocalFit fit = new LocalFit(n);
        boolean[] in = new boolean[n];
        Arrays.fill(in, true);
        fit.add(in, game.full(), 1);
        for (int s = 0; s < count; s++) {
            draw.fill(s, in);
            fit.add(in, scores[s], weight(in, settings));
        }
        double penalty = settings.get(PENALTY);
        double[] values =
                settings.get(REGRESSION).equals("ridge") ? fit.ridge(penalty) : fit.lasso(penalty);
        return game.result(values, Optional.empty())
                .withFinding("coalitions", Integer.toString(count))
                .withFinding("fit.r2", Findings.number(fit.explained(values)));
    }

    private static double weight(boolean[] in, Settings settings) {
        double left = 0;
        for (boolean each : in) {
            left += each ? 1.0 / in.length : 0;
        }
        double distance =
                switch (settings.get(KERNEL)) {
                    case "cosine" -> 1 - Math.sqrt(left);
                    case "share" -> 1 - left;
                    default -> 0;
                };
        double width = settings.get(WIDTH);
        return Math.exp(-distance * distance / (width * width));
    }
}
