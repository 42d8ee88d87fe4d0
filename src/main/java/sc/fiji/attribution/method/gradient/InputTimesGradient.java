/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import java.util.List;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;

/**
 * Each input value times its gradient: the first-order share of the voxel in the score. Shrikumar
 * et al., Not Just a Black Box, 2016.
 */
@MetaInfServices(AttributionMethod.class)
public final class InputTimesGradient implements AttributionMethod {

    private static final Declaration DECLARATION =
            new Declaration(
                    "Input x Gradient",
                    "Each voxel's value times its gradient.",
                    "Shrikumar et al. 2016, arXiv:1605.01713",
                    "logit",
                    true,
                    false,
                    false,
                    List.of());

    @Override
    public Declaration declaration() {
        return DECLARATION;
    }

    @Override
    public long passes(Settings settings, int baselines) {
        return 2;
    }

    @Override
    public Attribution attribute(Problem problem, Progress progress) {
        progress.update(0, 1, DECLARATION.name());
        Score score = new Score(problem);
        Score.Gradient result = score.gradient(problem.input());
        float[] map = result.gradient().data();
        float[] input = problem.input().data();
        for (int i = 0; i < map.length; i++) {
            map[i] *= input[i];
        }
        progress.update(1, 1, DECLARATION.name());
        return score.result(DECLARATION, problem.settings(), result.gradient());
    }
}
