/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.Target;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelSpec;

/**
 * What a classifier says of one image.
 *
 * @param image its title, with the frame where it has several
 * @param labels the class names
 * @param logits the logit of each class
 * @param probabilities the probability of each class
 */
public record Classification(
        String image, List<String> labels, float[] logits, double[] probabilities) {

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
                spec.labels(),
                spec.head().classLogits(outputs),
                spec.head().probabilities(outputs));
    }

    private static List<String> warnings(Classifier classifier, ModelInput input) {
        List<String> warnings = new ArrayList<>(classifier.spec().description().warnings());
        warnings.addAll(input.warnings());
        return warnings;
    }

    /** The class with the largest logit. */
    public String predicted() {
        return labels.get(Target.predicted(logits));
    }

    /** For people: {@code "lesions (probability 0.9973)"}. */
    public String summary() {
        return String.format(
                Locale.ROOT,
                "%s (probability %.4f)",
                predicted(),
                probabilities[Target.predicted(logits)]);
    }

    /** Adds a row: image, class, and of each class the probability and the logit. */
    public void addTo(ResultsTable table) {
        table.addRow();
        table.addValue("Image", image);
        table.addValue("Class", predicted());
        for (int i = 0; i < labels.size(); i++) {
            table.addValue("Probability " + labels.get(i), probabilities[i]);
            table.addValue("Logit " + labels.get(i), logits[i]);
        }
    }
}
