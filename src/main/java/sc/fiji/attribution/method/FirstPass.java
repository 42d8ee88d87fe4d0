/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.model.BackwardPasses;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.Layers;

/**
 * A score of the input and what goes backward from it, in one pass where the engine can: it needs
 * no forward pass before to know the weights of the logits.
 *
 * @param score of the input
 * @param trace what the pass gave
 */
public record FirstPass(Score score, Layers.Trace trace) {

    /**
     * Runs it.
     *
     * @param pass from the image to the logits and back
     * @param feed the input, perhaps several times over, each with a baseline
     * @throws ModelException where the network has an op without such a rule
     */
    public static FirstPass run(Problem problem, Pass pass, Layers.Feed feed) {
        Classifier classifier = problem.classifier();
        Optional<Target> named = Score.target(classifier, problem.target());
        boolean unit = named.isPresent() && named.get() instanceof Target.Unit;
        // Images that all classes together are too large for go to the layers once.
        if (classifier instanceof SharedPasses
                && !pass.at().isEmpty()
                && !Batches.together(classifier.spec().classes(), problem.input())) {
            return fromLayers(problem, pass.to());
        }
        if (!unit && problem.area().isEmpty()) {
            Optional<Layers.Trace> trace = atOnce(classifier, named, pass, feed);
            if (trace.isPresent()) {
                Target.Classes target =
                        named.map(classes -> (Target.Classes) classes)
                                .orElseGet(
                                        () -> Score.predicted(classifier, trace.get().logits()[0]));
                return new FirstPass(new Score(problem, target, trace.get()), trace.get());
            }
        }
        Score score = new Score(problem, pass.at().toArray(new String[0]));
        return new FirstPass(score, backward(score, pass, feed));
    }

    /** Passes of it for one image: a unit, or a part of a map, is looked at before. */
    public static long count(Problem problem) {
        if (problem.area().isPresent()) {
            return 2;
        }
        return Score.target(problem.classifier(), problem.target())
                .map(target -> target instanceof Target.Unit ? 2 : 1)
                .orElse(1);
    }

    /** What classes have in common, the activations of the layers, is computed once. */
    private static FirstPass fromLayers(Problem problem, List<String> layers) {
        Score score = new Score(problem, layers.toArray(new String[0]));
        Map<String, Tensor> gradients = new HashMap<>();
        for (String layer : layers) {
            Layers.Feed feed =
                    Layers.Feed.image(problem.input()).withActivations(score.activations(layer));
            Layers.Trace trace = score.trace(Pass.gradient(layer).from(layer), feed);
            gradients.put(layer, trace.gradients().get(layer));
        }
        score.countOnce();
        return new FirstPass(score, score.ofInput(gradients));
    }

    private static Optional<Layers.Trace> atOnce(
            Classifier classifier, Optional<Target> named, Pass pass, Layers.Feed feed) {
        int images = feed.image().orElseThrow().size('b');
        Head head = classifier.spec().head();
        Optional<float[]> weights =
                named.map(target -> head.cotangent(((Target.Classes) target).weights()));
        // A single number has no other to be larger than.
        boolean chosen = head.hasLargest() && classifier.spec().classes() > 1;
        if (weights.isEmpty() && !chosen) {
            return Optional.empty();
        }
        if (pass.equals(Pass.gradient(Pass.IMAGE)) && classifier.gradients().isPresent()) {
            Classifier.Gradients gradients = classifier.gradients().get();
            Tensor batch = feed.image().get();
            return weights.map(row -> Optional.of(gradients.gradient(batch, rows(row, images))))
                    .orElseGet(() -> gradients.ofPredicted(batch))
                    .map(
                            result ->
                                    new Layers.Trace(
                                            result.logits(),
                                            Map.of(),
                                            Map.of(Pass.IMAGE, result.gradient()),
                                            Optional.empty()));
        }
        if (classifier.backward().isEmpty()) {
            return Optional.empty();
        }
        BackwardPasses passes = classifier.backward().get();
        float[] row = weights.orElseGet(() -> new float[passes.choosesPredicted()]);
        if (row.length == 0) {
            return Optional.empty();
        }
        if (weights.isEmpty()) {
            Arrays.fill(row, Float.NaN);
        }
        Tensor cotangent = Tensor.rows(Axes.ROWS, rows(row, images));
        return Optional.of(passes.run(pass, feed.withCotangent(cotangent)));
    }

    private static float[][] rows(float[] row, int count) {
        float[][] rows = new float[count][];
        Arrays.fill(rows, row);
        return rows;
    }

    /** The pass alone, by the faster way for plain gradients of the image. */
    private static Layers.Trace backward(Score score, Pass pass, Layers.Feed feed) {
        if (!pass.equals(Pass.gradient(Pass.IMAGE))) {
            return score.trace(pass, feed);
        }
        Tensor gradient = score.gradient(feed.image().orElseThrow()).gradient();
        return new Layers.Trace(
                new float[0][], Map.of(), Map.of(Pass.IMAGE, gradient), Optional.empty());
    }
}
