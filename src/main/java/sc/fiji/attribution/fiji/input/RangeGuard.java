/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.input;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import sc.fiji.attribution.core.InputPart;
import sc.fiji.attribution.core.Span;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.Classifier;
import sc.fiji.attribution.model.Head;
import sc.fiji.attribution.model.description.DataRange;

/**
 * Whether the values of an image can be those of the training, as the network itself shows: by what
 * it does to its input, by its first batch normalisation, and where it has neither, by its scores:
 * that takes a pass at most, and one more for the first image of a network.
 */
public final class RangeGuard {

    /** What ends in probabilities. */
    private static final Set<Head> CLOSED =
            Set.of(
                    Head.SOFTMAX,
                    Head.SIGMOID,
                    Head.BINARY_SIGMOID,
                    Head.LOG_ODDS,
                    Head.BINARY_LOG_ODDS);

    /** Networks that end in a softmax or sigmoid are not trained to differences like this. */
    private static final double ABSURD_LOGIT = 100;

    /** What 0…1 is multiplied by to be the range of 8-bit images. */
    private static final float BYTES = 255;

    /** Scores that move less do not see the image. */
    private static final double BLIND = 0.02;

    /** Scores that move so much do. */
    private static final double SEEING = 0.5;

    /** Scores that differ by a smaller share of that are the same. */
    private static final double INVARIANT = 0.3;

    /** Values up to here come from 0…1 or −1…1. */
    private static final float SMALL_RANGE = 2;

    private RangeGuard() {}

    /**
     * One line where the values cannot be those of the training; empty where they can.
     *
     * @param input one image as the network sees it
     * @param scores gives the class logits of the image
     */
    public static Optional<String> doubt(
            Classifier classifier, Tensor input, Supplier<float[]> scores) {
        return doubt(classifier, input, Optional.empty(), scores);
    }

    /**
     * As {@link #doubt(Classifier, Tensor, Supplier)}.
     *
     * @param known how far the input's values go, where that was found before
     */
    public static Optional<String> doubt(
            Classifier classifier, Tensor input, Optional<Span> known, Supplier<float[]> scores) {
        // Who describes the range knows it.
        DataRange range = classifier.spec().description().input().range();
        Span all = known.orElseGet(() -> Span.of(input.data()));
        if (Double.isFinite(range.min())
                && Double.isFinite(range.max())
                && range.warning(all).isEmpty()) {
            return Optional.empty();
        }
        List<InputPart> parts = classifier.spec().parts();
        Span span = parts.isEmpty() ? all : span(input, parts);
        float from = span.low();
        float to = span.high();
        if (!(to > from)) {
            return Optional.empty();
        }
        Optional<String> reason =
                classifier
                        .seen(input)
                        .filter(seen -> seen.tells() && parts.stream().allMatch(InputPart::isImage))
                        .flatMap(seen -> seen.doubt(from, to))
                        .or(() -> byScores(classifier, input, scores, to - from));
        String values = ImageRange.number(from) + "…" + ImageRange.number(to);
        return reason.map(
                text ->
                        "CHECK THE VALUES: "
                                + values
                                + " cannot be the range of the training: "
                                + text
                                + ". Scale the image as for the training, or describe it"
                                + " (preprocessing in attribution.yaml).");
    }

    private static Optional<String> byScores(
            Classifier classifier, Tensor input, Supplier<float[]> known, float range) {
        Head head = classifier.spec().head();
        boolean closed = CLOSED.contains(head);
        // Several scores of each place that nobody named are those of classes, too.
        boolean places = head == Head.UNDECIDED && classifier.spec().map().isPresent();
        if (!closed && !places) {
            return Optional.empty();
        }
        float[] empty =
                closed
                        ? classifier
                                .tuning()
                                .scores(
                                        "empty" + numbers(input, classifier.spec().parts()),
                                        input.shape(),
                                        () -> logits(classifier, input, 0))
                        : new float[0];
        if (closed && isUntrained(empty)) {
            return Optional.empty();
        }
        float[] logits = known.get();
        // Of a single one the other class's is its opposite.
        boolean single = head == Head.BINARY_SIGMOID || head == Head.BINARY_LOG_ODDS;
        float[] scores = single ? new float[] {logits[1]} : logits;
        double spread = spread(scores);
        if (spread > ABSURD_LOGIT) {
            return Optional.of(
                    String.format(
                            Locale.ROOT,
                            "its scores are %.0f apart, as no training makes them",
                            spread));
        }
        if (!closed) {
            return Optional.empty();
        }
        return range > SMALL_RANGE
                ? tooLarge(classifier, input, scores, empty)
                : tooSmall(classifier, input, scores, empty);
    }

    /**
     * Whether all offsets are zero, as before training: twice the image has twice the scores then,
     * and no range is the right one.
     */
    private static boolean isUntrained(float[] empty) {
        for (float score : empty) {
            if (score != 0) {
                return false;
            }
        }
        return true;
    }

    private static Optional<String> tooSmall(
            Classifier classifier, Tensor input, float[] scores, float[] empty) {
        double moved = distance(scores, empty);
        if (moved >= BLIND) {
            return Optional.empty();
        }
        for (InputPart part : classifier.spec().parts()) {
            // Of two images that are compared both may be seen, and their difference be nothing.
            Tensor without = times(input, 0, ofImages(input, List.of(part)));
            if (part.isImage() && distance(classifier.logits(without)[0], scores) >= BLIND) {
                return Optional.empty();
            }
        }
        double would = distance(logits(classifier, input, BYTES), empty);
        return would >= SEEING && would <= ABSURD_LOGIT
                ? Optional.of(
                        String.format(
                                Locale.ROOT,
                                "its scores differ by %.2g from those of an empty image, and by"
                                        + " %.2g if the values are multiplied by 255",
                                moved,
                                would))
                : Optional.empty();
    }

    /** A network that sees an image of 0…1 as well is not trained on one of 0…255. */
    private static Optional<String> tooLarge(
            Classifier classifier, Tensor input, float[] scores, float[] empty) {
        float[] small = logits(classifier, input, 1 / BYTES);
        double moved = distance(small, empty);
        // Where it normalises the image itself the range does not matter.
        boolean same = distance(small, scores) < INVARIANT * moved;
        return moved >= SEEING && !same
                ? Optional.of(
                        String.format(
                                Locale.ROOT,
                                "its scores differ by %.2g from those of an empty image even if"
                                        + " the values are divided by 255",
                                moved))
                : Optional.empty();
    }

    /** The scores of the images times a factor; numbers beside them stay what they are. */
    private static float[] logits(Classifier classifier, Tensor input, float factor) {
        boolean[] where = ofImages(input, classifier.spec().parts());
        return classifier.logits(times(input, factor, where))[0];
    }

    private static Tensor times(Tensor input, float factor, boolean[] where) {
        Tensor scaled = input.copy();
        for (int i = 0; i < scaled.length(); i++) {
            scaled.data()[i] *= where[i] ? factor : 1;
        }
        return scaled;
    }

    private static Span span(Tensor input, List<InputPart> parts) {
        boolean[] ofImages = ofImages(input, parts);
        Span span = Span.NONE;
        for (int i = 0; i < ofImages.length; i++) {
            span = ofImages[i] ? span.and(input.data(), i, i + 1) : span;
        }
        return span;
    }

    /** Which values are those of images: all of a single input. */
    private static boolean[] ofImages(Tensor input, List<InputPart> parts) {
        boolean[] where = new boolean[input.length()];
        Arrays.fill(where, parts.isEmpty());
        Tensor.Along channels = input.along('c');
        List<Tensor.Along> space = input.along(input.axes().spatial());
        for (int i = 0; i < where.length && !parts.isEmpty(); i++) {
            for (InputPart part : parts) {
                where[i] |= part.isImage() && part.holds(channels.place(i));
                for (int k = 0; k < part.extents().size(); k++) {
                    boolean beyond = space.get(k).place(i) >= part.extents().get(k);
                    where[i] &= !(beyond && part.holds(channels.place(i)));
                }
            }
        }
        return where;
    }

    /** The numbers beside the images, which tell one empty input from another. */
    private static String numbers(Tensor input, List<InputPart> parts) {
        StringBuilder text = new StringBuilder();
        for (InputPart part : parts) {
            for (int c = part.first(); !part.isImage() && c < part.first() + part.channels(); c++) {
                text.append(' ').append(input.data()[c * input.stride('c')]);
            }
        }
        return text.toString();
    }

    /** Of a single logit its size, of several how far they lie apart. */
    private static double spread(float[] scores) {
        double low = scores.length == 1 ? 0 : Double.POSITIVE_INFINITY;
        double high = scores.length == 1 ? 0 : Double.NEGATIVE_INFINITY;
        for (float score : scores) {
            low = Math.min(low, score);
            high = Math.max(high, score);
        }
        return high - low;
    }

    private static double distance(float[] a, float[] b) {
        double distance = 0;
        for (int i = 0; i < a.length; i++) {
            distance = Math.max(distance, Math.abs(a[i] - b[i]));
        }
        return distance;
    }
}
