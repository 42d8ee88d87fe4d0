/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.kohsuke.MetaInfServices;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Option;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;

/**
 * The gradient integrated along the straight line from a baseline, times the distance: each voxel's
 * share of f(x) − f(baseline), which the map sums to. With several baselines the mean of their
 * maps. Sundararajan et al., Axiomatic Attribution for Deep Networks, ICML 2017.
 */
@MetaInfServices(AttributionMethod.class)
public final class IntegratedGradients implements AttributionMethod {

    public static final Option.Whole STEPS =
            new Option.Whole("steps", "gradients along the path", 50, 1, 100_000);

    static final Option.Choice RULE =
            new Option.Choice(
                    "rule",
                    "how the path is integrated",
                    "gausslegendre",
                    List.of("gausslegendre", "left", "right", "middle", "trapezoid", "adaptive"));

    static final Option.Real TOLERANCE =
            new Option.Real(
                    "tolerance",
                    "if adaptive: the completeness error at which it stops, as a share",
                    0.001,
                    1e-6,
                    1);

    private static final Declaration DECLARATION =
            Declaration.of(
                            "Integrated Gradients",
                            "Each voxel's share of the difference between the image's and the baseline's"
                                    + " score.")
                    .paper("Sundararajan et al. 2017, arXiv:1703.01365")
                    .unit("logit")
                    .signed()
                    .complete()
                    .usesBaseline()
                    .reads(STEPS, RULE, TOLERANCE, Declaration.BATCH);

    @Override
    public Declaration declaration() {
        return DECLARATION;
    }

    /** For the adaptive rule the least that it takes. */
    @Override
    public long passes(Problem problem) {
        Settings settings = problem.settings();
        boolean adaptive = settings.get(RULE).equals("adaptive");
        return 1
                + problem.baseline().count()
                        * (1L + (adaptive ? PathMesh.FIRST : settings.get(STEPS)));
    }

    @Override
    public Attribution attribute(Problem problem, Progress progress) {
        Settings settings = problem.settings();
        Tensor input = problem.input();
        List<Tensor> references = problem.baseline().references(input);
        Score score = new Score(problem);
        GradientSweep sweep = new GradientSweep(score, input, settings.get(Declaration.BATCH));
        double[] sum = new double[input.length()];
        Tensor map = Tensor.zerosLike(input);
        double baselineScore = 0;
        List<String> unresolved = new ArrayList<>();
        for (int r = 0; r < references.size(); r++) {
            float[] baseline = references.get(r).data();
            StraightPath path = new StraightPath(baseline, input.data());
            double ofBaseline = score.of(references.get(r));
            Progress part = Progress.part(progress, r, references.size());
            Arrays.fill(sum, 0);
            if (settings.get(RULE).equals("adaptive")) {
                double allowed = settings.get(TOLERANCE) * Math.abs(score.ofInput() - ofBaseline);
                PathMesh mesh = new PathMesh(ofBaseline, score.ofInput(), allowed);
                new AdaptivePath(path, sweep).integrate(mesh, sum, part).ifPresent(unresolved::add);
            } else {
                Quadrature rule = Quadrature.of(settings.get(RULE), settings.get(STEPS));
                path.integrate(sweep, rule, sum, part);
            }
            for (int i = 0; i < sum.length; i++) {
                double share = sum[i] * path.change(i);
                map.data()[i] += (float) (share / references.size());
            }
            baselineScore += ofBaseline / references.size();
        }
        Attribution result =
                score.complete(
                        DECLARATION,
                        settings,
                        map,
                        problem.baseline().description(),
                        baselineScore);
        return unresolved.isEmpty()
                ? result
                : result.withFinding("completeness.unresolved", unresolved.get(0));
    }
}
