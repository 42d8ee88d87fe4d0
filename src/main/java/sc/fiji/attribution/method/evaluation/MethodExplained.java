/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.List;
import java.util.Set;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Score;
import sc.fiji.attribution.model.Classifier;

/** A method of this plug-in on a classifier: the target that it explained stays what it was. */
public final class MethodExplained implements Explained {

    private final AttributionMethod method;
    private final Problem problem;
    private final Score score;
    private final Tensor reference;

    private MethodExplained(AttributionMethod method, Problem problem) {
        this.method = method;
        this.problem = problem;
        this.score = new Score(problem);
        this.reference = problem.baseline().references(problem.input()).get(0);
    }

    /**
     * @param problem what the map was made of; removed voxels take the values of its first baseline
     * @param target that was explained, also where the problem says {@code predicted}
     */
    public static MethodExplained of(AttributionMethod method, Problem problem, Target target) {
        return new MethodExplained(method, about(problem, problem.input(), target.description()));
    }

    /** The same problem for an image and a target. */
    private static Problem about(Problem problem, Tensor input, String target) {
        return new Problem(
                problem.classifier(),
                input,
                target,
                problem.baseline(),
                problem.settings(),
                problem.grid(),
                problem.regions(),
                problem.inside());
    }

    @Override
    public Tensor input() {
        return problem.input();
    }

    @Override
    public Tensor reference() {
        return reference;
    }

    @Override
    public double[] scores(Tensor batch) {
        return score.ofAll(batch);
    }

    @Override
    public float[][] logits(Tensor batch) {
        return problem.classifier().logits(batch);
    }

    @Override
    public Tensor map(Tensor image, Progress progress) {
        Attribution attribution =
                method.attribute(about(problem, image, problem.target()), progress);
        return attribution.map();
    }

    @Override
    public List<String> layers() {
        return problem.classifier().weights().map(Classifier.Weights::layers).orElse(List.of());
    }

    @Override
    public Tensor mapOfShuffled(Set<String> layers, long seed, Progress progress) {
        Classifier.Weights weights = problem.classifier().weights().orElseThrow();
        try (Classifier shuffled = weights.shuffled(layers, seed)) {
            Problem again =
                    new Problem(
                            shuffled,
                            problem.input(),
                            problem.target(),
                            problem.baseline(),
                            problem.settings(),
                            problem.grid(),
                            problem.regions(),
                            problem.inside());
            return method.attribute(again, progress).map();
        }
    }

    @Override
    public long passesOfMap() {
        return method.passes(problem);
    }
}
