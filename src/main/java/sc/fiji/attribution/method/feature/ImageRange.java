/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.feature;

import java.util.Arrays;
import java.util.Optional;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.model.ModelSpec;
import sc.fiji.attribution.model.description.DataRange;

/**
 * The values that an image may take, as the network sees them.
 *
 * @param low of each channel
 * @param high of each channel, above the low one
 * @param bounded whether values are kept within; otherwise this is no more than their scale
 */
public record ImageRange(float[] low, float[] high, boolean bounded) {

    /** Reads {@code 0,255}; empty where the text is. */
    public static Optional<DataRange> parse(String text) {
        if (text.isBlank()) {
            return Optional.empty();
        }
        String[] words = text.strip().split("[,;\\s]+");
        try {
            double low = Double.parseDouble(words[0]);
            double high = Double.parseDouble(words[words.length - 1]);
            if (words.length == 2 && low < high && Double.isFinite(high - low)) {
                return Optional.of(new DataRange(low, high));
            }
        } catch (NumberFormatException e) {
            // The message below says what was expected.
        }
        throw new OptionException(
                "range="
                        + text
                        + ": expected the smallest and the largest pixel value, such as 0,255.");
    }

    /**
     * The range of pixel values after the model's pre-processing; empty where they have no bounds,
     * or where what becomes of them depends on the image.
     */
    public static Optional<ImageRange> of(DataRange pixels, ModelSpec spec, int channels) {
        if (!Double.isFinite(pixels.max() - pixels.min())) {
            return Optional.empty();
        }
        float[] low = preprocessed(pixels.min(), spec, channels);
        float[] high = preprocessed(pixels.max(), spec, channels);
        for (int c = 0; c < channels; c++) {
            if (!(low[c] < high[c])) {
                return Optional.empty();
            }
        }
        return Optional.of(new ImageRange(low, high, true));
    }

    private static float[] preprocessed(double value, ModelSpec spec, int channels) {
        Axes axes = spec.axes();
        int[] shape = new int[axes.rank()];
        Arrays.fill(shape, 1);
        if (axes.has('c')) {
            shape[axes.indexOf('c')] = channels;
        }
        Tensor tensor = Tensor.zeros(axes, shape);
        Arrays.fill(tensor.data(), (float) value);
        spec.description().input().preprocess(tensor);
        return tensor.data();
    }

    /** The scale of an image's values, all channels alike; 0 to 1 where they are all the same. */
    public static ImageRange scaleOf(Tensor image) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float value : image.data()) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        return low < high ? all(low, high, image.size('c')) : unknown(image.size('c'));
    }

    /** Values about zero with a scale of one, as most networks take them. */
    public static ImageRange unknown(int channels) {
        return all(-0.5f, 0.5f, channels);
    }

    private static ImageRange all(float low, float high, int channels) {
        float[] lows = new float[channels];
        float[] highs = new float[channels];
        Arrays.fill(lows, low);
        Arrays.fill(highs, high);
        return new ImageRange(lows, highs, false);
    }

    double width(int channel) {
        return (double) high[channel] - low[channel];
    }

    double middle(int channel) {
        return 0.5 * ((double) high[channel] + low[channel]);
    }
}
