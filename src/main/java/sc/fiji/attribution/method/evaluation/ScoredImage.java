/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.perturbation.Box;
import sc.fiji.attribution.method.perturbation.CheapestBoxScores;
import sc.fiji.attribution.model.Classifier;

/**
 * An image and the score that is explained, for all methods that explain it: what does not depend
 * on a map is asked once for all of them, and boxes that are taken away one at a time are scored by
 * the cheapest exact way ({@link CheapestBoxScores}). Keeps numbers only, no images.
 */
public final class ScoredImage {

    private final Problem problem;
    private final Score score;
    private final Tensor reference;
    private final Map<Object, double[]> answers = new HashMap<>();
    private OptionalDouble ofReference = OptionalDouble.empty();

    private ScoredImage(Problem problem) {
        this.problem = problem;
        this.score = new Score(problem);
        this.reference = problem.baseline().references(problem.input()).get(0);
    }

    /**
     * @param problem what maps were made of; removed voxels take the values of its first baseline
     * @param target that was explained, also where the problem says {@code predicted}
     */
    public static ScoredImage of(Problem problem, Target target) {
        Problem fixed = about(problem, problem.classifier(), problem.input(), target.description());
        Settings settings =
                Settings.of(List.of(CheapestBoxScores.COMPUTATION, Declaration.BATCH), Map.of());
        return new ScoredImage(fixed.with(settings));
    }

    /** The same problem for a network, an image and a target. */
    static Problem about(Problem problem, Classifier classifier, Tensor input, String target) {
        return new Problem(
                classifier,
                input,
                target,
                problem.baseline(),
                problem.settings(),
                problem.grid(),
                problem.regions(),
                problem.inside(),
                problem.area());
    }

    /** What is explained. */
    public String target() {
        return problem.target();
    }

    Tensor input() {
        return problem.input();
    }

    Tensor reference() {
        return reference;
    }

    Optional<Regions> regions() {
        return problem.regions();
    }

    double[] scores(Tensor batch) {
        return score.ofAll(batch);
    }

    /** f of the image. */
    public double ofInput() {
        return score.ofInput();
    }

    /** f of the reference. */
    public double ofReference() {
        if (ofReference.isEmpty()) {
            ofReference = OptionalDouble.of(score.of(reference));
        }
        return ofReference.getAsDouble();
    }

    float[][] logits(Tensor batch) {
        return problem.classifier().logits(batch);
    }

    double[] once(Object question, Supplier<double[]> scores) {
        double[] known = answers.get(question);
        if (known == null) {
            known = scores.get();
            answers.put(question, known);
        }
        return known;
    }

    double[] without(List<Box> boxes, Progress progress) {
        return CheapestBoxScores.replaced(
                problem, score, reference, boxes, progress, new HashMap<>());
    }
}
