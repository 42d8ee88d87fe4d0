/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.Regions;
import sc.fiji.attribution.method.AttributionMethod;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.perturbation.Box;
import sc.fiji.attribution.model.Classifier;

/** A score of a classifier, and a method of this plug-in: the target stays what it was. */
public final class MethodExplained implements Explained {

    private final ScoredImage image;
    private final Optional<Explainer> explainer;

    private MethodExplained(ScoredImage image, Optional<Explainer> explainer) {
        this.image = image;
        this.explainer = explainer;
    }

    /** What is made of a map before it is judged, such as the sum of its channels. */
    public interface Form extends UnaryOperator<Tensor> {

        /** As the method made it. */
        Form WHOLE = map -> map;

        /** Channels added up, as maps are shown. */
        Form SUMMED = MethodExplained::summed;
    }

    /**
     * @param problem what the map was made of
     * @param image the problem's, with its score; of all methods that explain it
     * @param randomLabels a network of the same form, trained on labels in random order; the
     *     caller's
     */
    public static MethodExplained of(
            AttributionMethod method,
            Problem problem,
            ScoredImage image,
            Form form,
            Optional<Classifier> randomLabels) {
        Problem fixed =
                ScoredImage.about(problem, problem.classifier(), problem.input(), image.target());
        return new MethodExplained(
                image, Optional.of(new Method(method, fixed, form, randomLabels)));
    }

    /** The score alone, for maps of unknown origin. */
    public static MethodExplained unknown(ScoredImage image) {
        return new MethodExplained(image, Optional.empty());
    }

    /**
     * The sum of a map's channels.
     *
     * @return of the map's axes but the channels
     */
    public static Tensor summed(Tensor map) {
        if (!map.axes().has('c')) {
            return map;
        }
        String order = map.axes().order().replace("c", "");
        int[] shape = order.chars().map(axis -> map.size((char) axis)).toArray();
        Tensor sum = Tensor.zeros(new Axes(order), shape);
        double[] voxels = Trial.voxels(map);
        for (int i = 0; i < voxels.length; i++) {
            sum.data()[i] = (float) voxels[i];
        }
        return sum;
    }

    @Override
    public Tensor input() {
        return image.input();
    }

    @Override
    public Tensor reference() {
        return image.reference();
    }

    @Override
    public double[] scores(Tensor batch) {
        return image.scores(batch);
    }

    @Override
    public double ofInput() {
        return image.ofInput();
    }

    @Override
    public double ofReference() {
        return image.ofReference();
    }

    @Override
    public float[][] logits(Tensor batch) {
        return image.logits(batch);
    }

    @Override
    public Optional<Regions> regions() {
        return image.regions();
    }

    @Override
    public Optional<double[]> without(List<Box> boxes, Progress progress) {
        return Optional.of(image.without(boxes, progress));
    }

    @Override
    public double[] once(Object question, Supplier<double[]> scores) {
        return image.once(question, scores);
    }

    @Override
    public Optional<Explainer> explainer() {
        return explainer;
    }

    private record Method(
            AttributionMethod method, Problem problem, Form form, Optional<Classifier> randomLabels)
            implements Explainer {

        @Override
        public Tensor map(Tensor image, Progress progress) {
            return map(problem.classifier(), image, problem.target(), progress);
        }

        @Override
        public List<String> layers() {
            return problem.classifier().weights().map(Classifier.Weights::layers).orElse(List.of());
        }

        @Override
        public List<String> otherTargets() {
            return Target.parse(problem.target(), problem.classifier().spec().labels())
                    .filter(Target.Classes.class::isInstance)
                    .map(Target.Classes.class::cast)
                    .map(Method::without)
                    .orElse(List.of());
        }

        /** Classes that have no part in the target, by index. */
        private static List<String> without(Target.Classes target) {
            return IntStream.range(0, target.weights().length)
                    .filter(k -> target.weights()[k] == 0)
                    .mapToObj(Integer::toString)
                    .toList();
        }

        @Override
        public boolean hasRandomLabels() {
            return randomLabels.isPresent();
        }

        @Override
        public Tensor mapOf(Change change, Progress progress) {
            Tensor image = problem.input();
            String target = problem.target();
            if (change instanceof Change.OtherTarget other) {
                return map(problem.classifier(), image, other.target(), progress);
            }
            if (change instanceof Change.RandomLabels) {
                return map(randomLabels.orElseThrow(), image, target, progress);
            }
            Classifier.Weights weights = problem.classifier().weights().orElseThrow();
            try (Classifier copy =
                    change instanceof Change.Shuffled order
                            ? weights.shuffled(order.layers(), order.seed())
                            : weights.shifted(((Change.Shifted) change).by())) {
                Tensor seen = change instanceof Change.Shifted shift ? shift.image(image) : image;
                return map(copy, seen, target, progress);
            }
        }

        private Tensor map(Classifier network, Tensor image, String target, Progress progress) {
            Problem other = ScoredImage.about(problem, network, image, target);
            return form.apply(method.attribute(other, progress).map());
        }

        @Override
        public long passes() {
            return method.passes(problem);
        }
    }
}
