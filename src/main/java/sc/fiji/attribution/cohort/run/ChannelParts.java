/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import ij.ImagePlus;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import sc.fiji.attribution.cohort.bias.ChannelGaps.By;
import sc.fiji.attribution.core.Baseline;
import sc.fiji.attribution.core.ModelException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.propagation.Pass;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.method.Declaration;
import sc.fiji.attribution.method.Problem;
import sc.fiji.attribution.method.Settings;
import sc.fiji.attribution.method.cam.LayerConductance;
import sc.fiji.attribution.method.feature.LayerFeatures;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.Layer;
import sc.fiji.attribution.model.Layers;

/**
 * What the channels of the last layer with a place in the image have of the score of the second of
 * two classes over the first.
 *
 * <p>Where the network behind that layer is homogeneous but for a constant, as linear heads on
 * means or maxima over space are, gradient × activation summed over space is weight × feature, and
 * adds up to the score (Euler). Whether it is so, is asked of the network itself with random
 * activations. Other heads take Layer Conductance from black.
 */
final class ChannelParts {

    /** As far as float32 sums keep their size when all is doubled. */
    private static final double ROUNDING = 1e-4;

    /** Of the path from black: the parts are compared between groups, where errors average out. */
    private static final String STEPS = "20";

    private static final long SEED = 7;

    private final Classifier classifier;
    private final Optional<String> layer;
    private By by;

    ChannelParts(Classifier classifier) {
        this.classifier = classifier;
        boolean possible =
                classifier.gradients().isPresent()
                        && classifier.spec().classes() == 2
                        && classifier.spec().head() != Head.NUMBERS;
        this.layer =
                possible
                        ? classifier
                                .layers()
                                .flatMap(
                                        layers ->
                                                layers.list().stream()
                                                        .filter(Layer::spatial)
                                                        .reduce((first, second) -> second))
                                .map(Layer::name)
                        : Optional.empty();
    }

    /** The layer; empty where the network shows none, or does not tell two classes apart. */
    Optional<String> layer() {
        return layer;
    }

    /**
     * @return null where there is no layer, or no gradient leads to it
     */
    SubjectResult.Parts of(ImagePlus image, Progress progress) {
        if (layer.isEmpty()) {
            return null;
        }
        ModelInput input = ModelInput.of(classifier.spec(), image);
        LayerFeatures found = LayerFeatures.of(problem(input, LayerFeatures.DECLARATION, ""));
        if (found.withoutGradient().isPresent()) {
            return null;
        }
        if (by == null) {
            by = by(found.attribution().map());
        }
        if (by == By.CONDUCTANCE) {
            try {
                return new SubjectResult.Parts(
                        layer.get(),
                        by,
                        LayerConductance.ofChannels(
                                problem(input, LayerConductance.DECLARATION, STEPS),
                                layer.get(),
                                progress));
            } catch (OptionException e) {
                by = By.HINT; // connections lead past the layer
            }
        }
        double[] parts = new double[found.channels().size()];
        found.channels().forEach(c -> parts[c.index()] = c.contribution().orElse(0));
        return new SubjectResult.Parts(layer.get(), by, parts);
    }

    private Problem problem(ModelInput input, Declaration declaration, String steps) {
        return new Problem(
                classifier,
                input.tensor(0),
                SubjectMaps.second(classifier.spec()),
                new Baseline.Constant(0),
                Settings.of(
                        declaration.options(),
                        steps.isEmpty()
                                ? Map.of("layer", layer.get())
                                : Map.of("layer", layer.get(), "steps", steps)));
    }

    private By by(Tensor like) {
        float[] some = new float[like.length()];
        Random random = new Random(SEED);
        for (int i = 0; i < some.length; i++) {
            some[i] = (float) Math.abs(random.nextGaussian());
        }
        try {
            double none = score(like, some, 0);
            double once = score(like, some, 1) - none;
            double twice = score(like, some, 2) - none;
            double size = Math.max(Math.abs(once), Math.abs(twice)) + Math.abs(none);
            return Math.abs(twice - 2 * once) <= ROUNDING * size ? By.WEIGHT : By.CONDUCTANCE;
        } catch (ModelException | OptionException e) {
            return By.HINT; // connections lead past the layer
        }
    }

    private double score(Tensor like, float[] some, int times) {
        Tensor activations = Tensor.zerosLike(like);
        for (int i = 0; i < some.length; i++) {
            activations.data()[i] = times * some[i];
        }
        float[] logits =
                classifier
                        .layers()
                        .orElseThrow()
                        .run(Pass.forward().from(layer.get()), Layers.Feed.activations(activations))
                        .logits()[0];
        Head head = classifier.spec().head();
        return head.logOdds(head.classLogits(logits))[1];
    }
}
