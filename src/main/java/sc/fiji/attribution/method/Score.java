/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;

/**
 * The scalar function f that is explained: the target's weighted sum of class logits, and its
 * gradient. Counts the passes it takes.
 */
public final class Score {

    private final Classifier classifier;
    private final Head head;
    private final Target target;
    private final float[] logits;
    private long passes;

    /** Scores the input once, which also settles which class is the predicted one. */
    public Score(Problem problem) {
        this.classifier = problem.classifier();
        this.head = classifier.spec().head();
        this.logits = classifier.logits(problem.input())[0];
        this.passes = 1;
        this.target =
                Target.parse(
                        problem.target(), classifier.spec().labels(), head.classLogits(logits));
    }

    /** f(x) of the problem's input. */
    public double ofInput() {
        return target.value(head.classLogits(logits));
    }

    /** f of an image whose logits somebody else computed. */
    public double ofLogits(float[] outputs) {
        return target.value(head.classLogits(outputs));
    }

    /** How far the class logits of the problem's input lie apart; |f| where there is one class. */
    public double logitRange() {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (float logit : head.classLogits(logits)) {
            low = Math.min(low, logit);
            high = Math.max(high, logit);
        }
        return high > low ? high - low : Math.abs(high);
    }

    /** f of one image. */
    public double of(Tensor image) {
        passes++;
        return target.value(head.classLogits(classifier.logits(image)[0]));
    }

    /** f of each image of a batch. */
    public double[] ofAll(Tensor batch) {
        float[][] all = classifier.logits(batch);
        passes += all.length;
        double[] values = new double[all.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = target.value(head.classLogits(all[i]));
        }
        return values;
    }

    /**
     * f and its gradient for each image of a batch.
     *
     * @throws ModelException where the network has an op without gradient
     */
    public Gradient gradient(Tensor batch) {
        Classifier.Gradients gradients =
                classifier
                        .gradients()
                        .orElseThrow(
                                () ->
                                        new ModelException(
                                                classifier.whyNoGradients().orElseThrow()));
        int n = batch.size('b');
        passes += n;
        float[][] cotangents = new float[n][];
        Arrays.fill(cotangents, head.cotangent(target.weights()));
        Classifier.Result result = gradients.gradient(batch, cotangents);
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = target.value(head.classLogits(result.logits()[i]));
        }
        return new Gradient(values, result.gradient());
    }

    /**
     * @param values f of each image
     * @param gradient df/dx, of the batch's axes and shape
     */
    public record Gradient(double[] values, Tensor gradient) {}

    /** Wraps a map of a method without baseline. */
    public Attribution result(Declaration method, Settings settings, Tensor map) {
        return result(method, settings, map, "", OptionalDouble.empty(), OptionalDouble.empty());
    }

    /** Wraps a map of a method that replaces parts of the image by a baseline. */
    public Attribution against(Declaration method, Settings settings, Tensor map, String baseline) {
        return result(
                method, settings, map, baseline, OptionalDouble.empty(), OptionalDouble.empty());
    }

    /**
     * Wraps a map of a complete method.
     *
     * @param baselineScore f(baseline), or its mean over several
     */
    public Attribution complete(
            Declaration method,
            Settings settings,
            Tensor map,
            String baseline,
            double baselineScore) {
        double error = map.sum() - (ofInput() - baselineScore);
        return result(
                method,
                settings,
                map,
                baseline,
                OptionalDouble.of(error),
                OptionalDouble.of(baselineScore));
    }

    private Attribution result(
            Declaration method,
            Settings settings,
            Tensor map,
            String baseline,
            OptionalDouble error,
            OptionalDouble baselineScore) {
        Map<String, String> options = settings.toMap();
        return new Attribution(
                map,
                method.quantity(),
                method.name(),
                options,
                target,
                head.classLogits(logits),
                head.probabilities(logits),
                baseline,
                error,
                baselineScore,
                method.unit().replace("logit", head.score()),
                passes,
                List.of(),
                Map.of());
    }
}
