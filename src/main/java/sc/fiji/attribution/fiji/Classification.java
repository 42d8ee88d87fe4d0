/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.fiji.input.RangeGuard;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.ModelSpec;

/**
 * What a network says of one image: the probabilities of classes, or numbers in their units.
 *
 * @param image its title, with the frame where it has several
 * @param model what was asked
 * @param logits the logit of each class, or the numbers
 * @param probabilities the probability of each class; empty for numbers
 */
public record Classification(
        String image, ModelSpec model, float[] logits, double[] probabilities) {

    /** Numbers that a line shows; more would not be read. */
    private static final int NUMBERS = 8;

    private static final double HALF = 0.5;

    /** What to say of scores that are NaN or infinite. */
    static final String OVERFLOW =
            "the network's scores are NaN or infinite: it overflows on this input; check that the"
                    + " pixel values are on the scale of the training.";

    /**
     * Classifies each frame of an image.
     *
     * @throws AttributionException where image and model do not fit
     */
    public static List<Classification> of(Classifier classifier, ImagePlus image) {
        return of(classifier, image, warning -> {});
    }

    /**
     * Classifies each frame of an image.
     *
     * @param warn is told what is odd about the model's description or the image, a line each
     * @throws AttributionException where image and model do not fit
     */
    public static List<Classification> of(
            Classifier classifier, ImagePlus image, Consumer<String> warn) {
        ModelInput input = ModelInput.of(classifier.spec(), image);
        List<Classification> results = new ArrayList<>();
        for (int frame = 0; frame < input.frames(); frame++) {
            results.add(of(classifier, image, input, frame));
        }
        RangeGuard.doubt(classifier, input.tensor(0), () -> results.get(0).logits).ifPresent(warn);
        warnings(classifier, input).forEach(warn);
        results.forEach(result -> result.overflow().ifPresent(warn));
        return results;
    }

    /**
     * Classifies one frame of an image.
     *
     * @param frame from 0
     * @param warn as above
     * @throws AttributionException where image and model do not fit
     */
    public static Classification of(
            Classifier classifier, ImagePlus image, int frame, Consumer<String> warn) {
        ModelInput input = ModelInput.of(classifier.spec(), image);
        Classification result = of(classifier, image, input, frame);
        RangeGuard.doubt(classifier, input.tensor(frame), () -> result.logits).ifPresent(warn);
        warnings(classifier, input).forEach(warn);
        result.overflow().ifPresent(warn);
        return result;
    }

    /** Says that the scores are no numbers, where they are none. */
    private Optional<String> overflow() {
        boolean finite = true;
        for (float logit : logits) {
            finite &= Float.isFinite(logit);
        }
        return finite ? Optional.empty() : Optional.of("'" + image + "': " + OVERFLOW);
    }

    private static Classification of(
            Classifier classifier, ImagePlus image, ModelInput input, int frame) {
        ModelSpec spec = classifier.spec();
        float[] outputs = classifier.logits(input.tensor(frame))[0];
        String title = image.getTitle() + (input.frames() > 1 ? ", frame " + (frame + 1) : "");
        return new Classification(
                title,
                spec,
                spec.head().classLogits(outputs),
                spec.hasProbabilities() ? spec.head().probabilities(outputs) : new double[0]);
    }

    private static List<String> warnings(Classifier classifier, ModelInput input) {
        List<String> warnings = new ArrayList<>(classifier.spec().description().warnings());
        warnings.addAll(input.warnings());
        return warnings;
    }

    /** The names of the classes, or numbers. */
    public List<String> labels() {
        return model.labels();
    }

    /** The class with the largest logit; of numbers the first. */
    public String predicted() {
        return labels().get(model.head().predicted(logits));
    }

    /** For people: {@code "lesions (probability 0.9973)"} or {@code "age 61.25 years"}. */
    public String summary() {
        return summary(model, logits, probabilities)
                + (model.map().isPresent() ? " (means over the map)" : "");
    }

    /** The same of scores that were found elsewhere. */
    static String summary(ModelSpec model, float[] logits, double[] probabilities) {
        if (!model.hasProbabilities()) {
            return IntStream.range(0, logits.length)
                            .limit(NUMBERS)
                            .mapToObj(k -> number(model, logits, k))
                            .collect(Collectors.joining(", "))
                    + (logits.length > NUMBERS ? ", …" : "");
        }
        int predicted = model.head().predicted(logits);
        if (model.head() == Head.SIGMOID) {
            return several(model, predicted, probabilities);
        }
        return probability(model, predicted, probabilities);
    }

    /** Of classes that do not exclude one another all that are seen, the likeliest first. */
    private static String several(ModelSpec model, int likeliest, double[] probabilities) {
        String seen =
                IntStream.range(0, probabilities.length)
                        .boxed()
                        .filter(k -> probabilities[k] > HALF)
                        .sorted(Comparator.comparingDouble(k -> -probabilities[k]))
                        .limit(NUMBERS)
                        .map(k -> probability(model, k, probabilities))
                        .collect(Collectors.joining(", "));
        return seen.isEmpty()
                ? "none, the likeliest is " + probability(model, likeliest, probabilities)
                : seen;
    }

    private static String probability(ModelSpec model, int k, double[] probabilities) {
        return String.format(
                Locale.ROOT, "%s (probability %.4f)", model.labels().get(k), probabilities[k]);
    }

    private static String number(ModelSpec model, float[] numbers, int k) {
        String unit = model.unit(k);
        return String.format(Locale.ROOT, "%s %.6g", model.labels().get(k), numbers[k])
                + (unit.isEmpty() ? "" : " " + unit);
    }

    /**
     * Adds a row: image, class, and of each class the probability and the logit; or image and
     * numbers.
     */
    public void addTo(ResultsTable table) {
        table.addRow();
        table.addValue("Image", image);
        if (!model.hasProbabilities()) {
            for (int i = 0; i < logits.length; i++) {
                String unit = model.unit(i);
                String name =
                        (model.map().isPresent() ? "Mean " + model.head().score() + " " : "")
                                + labels().get(i)
                                + (unit.isEmpty() ? "" : " (" + unit + ")");
                table.addValue(name, logits[i]);
            }
            return;
        }
        table.addValue("Class", predicted());
        for (int i = 0; i < logits.length; i++) {
            table.addValue("Probability " + labels().get(i), probabilities[i]);
            table.addValue("Logit " + labels().get(i), logits[i]);
        }
    }
}
