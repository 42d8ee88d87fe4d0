/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation.region;

import java.util.List;
import java.util.Optional;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.perturbation.ScoresOnly;

/**
 * What a region adds to the score, averaged over all orders in which the regions can be put back
 * into the baseline; exact, for up to 16 regions. The values add up to f(x) − v(∅). Shapley, A
 * Value for n-Person Games, 1953.
 */
@MetaInfServices(AttributionMethod.class)
public final class ShapleyValues implements ScoresOnly {

    private static final Declaration DECLARATION =
            RegionMethods.declare(
                    "Shapley Values",
                    "What a region adds to the score, over all sets of up to 16 regions.",
                    "Shapley 1953; Strumbelj and Kononenko 2010, JMLR 11",
                    List.of());

    @Override
    public Declaration declaration() {
        return DECLARATION;
    }

    @Override
    public long passes(Problem problem) {
        int players = RegionGame.players(problem);
        Enumeration.requireFew(players, DECLARATION.name());
        return RegionGame.passes(problem, Enumeration.cost(players));
    }

    @Override
    public Attribution attribute(Problem problem, Progress progress) {
        int n = RegionGame.players(problem);
        Enumeration.requireFew(n, DECLARATION.name());
        RegionGame game = new RegionGame(problem, DECLARATION, Enumeration.cost(n), progress);
        Enumeration all = Enumeration.of(game);
        return game.result(all.marginals(weights(n)), Optional.empty(), all.empty());
    }

    /** s! (n − 1 − s)! / n! for coalitions of size s. */
    static double[] weights(int n) {
        double[] weights = new double[n];
        weights[0] = 1.0 / n;
        for (int s = 1; s < n; s++) {
            weights[s] = weights[s - 1] * s / (n - s);
        }
        return weights;
    }
}
