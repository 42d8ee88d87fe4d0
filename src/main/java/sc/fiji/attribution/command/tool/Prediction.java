/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.command.tool;

import ij.ImagePlus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sc.fiji.attribution.fiji.Classification;
import sc.fiji.attribution.fiji.input.ModelInput;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.ModelSpec;

/** What stands at the head of a page: how image and model look, and what the model says of it. */
final class Prediction {

    /** More would not be read. */
    private static final int CLASSES = 4;

    private Prediction() {}

    /** Shapes of image and model, and the classes of the frame that is shown, likeliest first. */
    static List<String> lines(Classifier classifier, ImagePlus image) {
        List<String> lines = new ArrayList<>();
        lines.add(shape(image));
        lines.add(shape(classifier.spec()));
        lines.add("Goes in: " + ModelInput.of(classifier.spec(), image).summary());
        List<String> warnings = new ArrayList<>();
        Classification found =
                Classification.of(classifier, image, image.getT() - 1, warnings::add);
        warnings.forEach(warning -> lines.add("Warning: " + warning));
        if (!classifier.spec().hasProbabilities()) {
            lines.add("Prediction: " + found.summary());
            return lines;
        }
        double[] p = found.probabilities();
        String classes =
                IntStream.range(0, p.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> -p[i]))
                        .limit(CLASSES)
                        .map(
                                i ->
                                        String.format(
                                                Locale.ROOT,
                                                "%s %.4f",
                                                found.labels().get(i),
                                                p[i]))
                        .collect(Collectors.joining(", "));
        lines.add("Prediction: " + classes + (p.length > CLASSES ? ", …" : ""));
        return lines;
    }

    /** {@code "Image: x 48, y 64, z 56, 3 channels"}. */
    static String shape(ImagePlus image) {
        return "Image: x "
                + image.getWidth()
                + ", y "
                + image.getHeight()
                + (image.getNSlices() > 1 ? ", z " + image.getNSlices() : "")
                + (image.getNChannels() > 1 ? ", " + image.getNChannels() + " channels" : "")
                + (image.getNFrames() > 1 ? ", " + image.getNFrames() + " frames" : "");
    }

    /** {@code "Model: axes bzyxc, any x 56 x 64 x 48 x 3"}. */
    static String shape(ModelSpec spec) {
        return "Model: axes "
                + spec.axes()
                + ", "
                + IntStream.of(spec.shape())
                        .mapToObj(extent -> extent < 0 ? "any" : "" + extent)
                        .collect(Collectors.joining(" x "));
    }
}
