/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What an image is to a network that shows on which values it was trained. Statistics of images
 * differ by factors of ten; a wrong range does by hundreds, and that is what is looked for.
 *
 * @param scaled the image behind the scaling that the network begins with, if it does
 * @param normalised the image before the first batch normalisation, if there is one
 */
public record SeenValues(Optional<Scaled> scaled, Optional<Normalised> normalised) {

    /** Variances that differ by more are of other ranges: 255 against 1 is a ratio of 65025. */
    private static final double VARIANCES = 300;

    /** Values up to here come from 0…1, −1…1, or a half of it. */
    private static final double SMALL_RANGE = 2;

    /** A scaling to less than this share of what networks take is not meant for small ranges. */
    private static final double FAINT = 0.1;

    /** Fainter than the darkest image that is still one. */
    private static final double NOTHING = 0.005;

    /** Networks scale to 0…1 or −1…1; values of Hounsfield units go to 3. */
    private static final double LARGE = 8;

    /** Behind a subtraction of the mean and a division by the deviation bright spots may go far. */
    private static final double LARGE_DEVIATION = 60;

    private static final double LARGE_MEAN = 6;

    /** A mean that is subtracted from values so much smaller is that of larger ones. */
    private static final double FOREIGN_MEAN = 20;

    /**
     * @param multiplies whether the network multiplies its input
     * @param shifts whether it subtracts something
     * @param low least value behind that
     * @param high largest value
     * @param size mean of the absolute values
     */
    public record Scaled(
            boolean multiplies, boolean shifts, double low, double high, double size) {}

    /** Of each channel: mean and variance on this image, and in training. */
    public record Normalised(
            float[] mean, float[] variance, float[] trainedMean, float[] trainedVariance) {

        /** Whether the statistics are others than those that training starts with. */
        boolean isTrained() {
            boolean trained = false;
            for (int c = 0; c < trainedMean.length; c++) {
                trained |= trainedMean[c] != 0 || trainedVariance[c] != 1;
            }
            return trained;
        }
    }

    /** Whether it can say anything. */
    public boolean tells() {
        return scaled.isPresent() || normalised.filter(Normalised::isTrained).isPresent();
    }

    /**
     * Why an image cannot be on the scale of the training, as the end of a sentence; empty where it
     * can.
     *
     * @param low least value that the network is fed
     * @param high largest value
     */
    public Optional<String> doubt(double low, double high) {
        if (!(high > low)) {
            return Optional.empty();
        }
        Optional<String> scaling = scaled.flatMap(s -> doubt(s, high - low));
        return scaling.isPresent() ? scaling : normalised.flatMap(SeenValues::doubt);
    }

    private static Optional<String> doubt(Scaled s, double range) {
        double extent = s.high - s.low;
        double largest = Math.max(Math.abs(s.low), Math.abs(s.high));
        boolean faint =
                s.multiplies
                        ? extent < NOTHING || range <= SMALL_RANGE && extent < FAINT
                        : range <= SMALL_RANGE && s.size > FOREIGN_MEAN;
        boolean strong =
                s.multiplies
                        && (largest > (s.shifts ? LARGE_DEVIATION : LARGE) || s.size > LARGE_MEAN);
        if (!faint && !strong) {
            return Optional.empty();
        }
        return Optional.of(
                String.format(
                        Locale.ROOT,
                        "the network itself %s its input, which makes %.4g…%.4g of it: it was"
                                + " trained on %s values",
                        s.multiplies ? "scales" : "subtracts a mean from",
                        s.low,
                        s.high,
                        faint ? "larger" : "smaller"));
    }

    private static Optional<String> doubt(Normalised n) {
        int channels = n.trainedVariance.length;
        double[] spread = new double[channels];
        double[] distance = new double[channels];
        int count = 0;
        for (int c = 0; c < Math.min(channels, n.mean.length); c++) {
            if (n.trainedVariance[c] > 0) {
                double off = n.mean[c] - n.trainedMean[c];
                spread[count] = n.variance[c] / n.trainedVariance[c];
                distance[count++] = spread[count - 1] + off * off / n.trainedVariance[c];
            }
        }
        if (!n.isTrained() || count == 0) {
            return Optional.empty();
        }
        double wide = median(distance, count);
        double narrow = median(spread, count);
        if (wide <= VARIANCES && narrow >= 1 / VARIANCES) {
            return Optional.empty();
        }
        boolean large = wide > VARIANCES;
        return Optional.of(
                String.format(
                        Locale.ROOT,
                        "before the first batch normalisation they vary about %.0f times as %s as"
                                + " in training",
                        Math.sqrt(large ? wide : 1 / Math.max(narrow, 1e-12)),
                        large ? "much" : "little"));
    }

    private static double median(double[] values, int count) {
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return sorted[count / 2];
    }
}
