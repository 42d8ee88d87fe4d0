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
 * The signed gradient of the score with respect to each input value: how the score would change if
 * the voxel became brighter. Simonyan et al., Deep Inside Convolutional Networks, ICLR workshop
 * 2014 (there its absolute value).
 */
@MetaInfServices(AttributionMethod.class)
public final class GradientMethod implements AttributionMethod {

    private static final Declaration DECLARATION =
            new Declaration(
                    "Gradient",
                    "How the score changes when a voxel becomes brighter.",
                    "Simonyan et al. 2014, arXiv:1312.6034",
                    "logit per unit of the input",
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
        progress.update(1, 1, DECLARATION.name());
        return score.result(DECLARATION, problem.settings(), result.gradient());
    }
}
