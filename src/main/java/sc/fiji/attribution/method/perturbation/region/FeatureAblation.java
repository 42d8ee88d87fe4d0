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
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.perturbation.CheapestBoxScores;
import sc.fiji.attribution.method.perturbation.ScoresOnly;

/**
 * How much the score falls when a region is replaced by the baseline and all others stay. Small
 * regions cost less than a pass each, as boxes of occlusion do. The image's version of leaving a
 * feature out; see Covert et al., Explaining by Removing, JMLR 2021.
 */
@MetaInfServices(AttributionMethod.class)
public final class FeatureAblation implements ScoresOnly {

    private static final Declaration DECLARATION =
            RegionMethods.declare(
                    "Feature Ablation",
                    "How much the score falls when a region is replaced by the baseline.",
                    "Covert et al. 2021, arXiv:2011.14878",
                    List.of(CheapestBoxScores.COMPUTATION));

    @Override
    public Declaration declaration() {
        return DECLARATION;
    }

    @Override
    public long passes(Problem problem) {
        return RegionGame.passes(problem, RegionGame.players(problem));
    }

    @Override
    public Attribution attribute(Problem problem, Progress progress) {
        int n = RegionGame.players(problem);
        RegionGame game = new RegionGame(problem, DECLARATION, n, progress);
        double[] falls =
                Arrays.stream(game.withoutEach(progress)).map(v -> game.full() - v).toArray();
        return game.result(falls, Optional.empty());
    }
}
