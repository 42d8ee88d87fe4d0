/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.feature;

import java.util.Arrays;
import java.util.SplittableRandom;
import sc.fiji.attribution.core.GaussianBlur;
import sc.fiji.attribution.core.Tensor;

/**
 * An image in shares of the width of its channels' ranges of values, which it never leaves where
 * they are known.
 */
final class GrowingImage {

    private final Tensor like;
    private final ImageRange range;
    private final Tensor.Along channels;
    private final double[] values;

    /**
     * @param start as the network sees it, batch 1
     */
    GrowingImage(Tensor start, ImageRange range) {
        this.like = start;
        this.range = range;
        this.channels = start.along('c');
        this.values = new double[start.length()];
        Arrays.setAll(values, i -> start.data()[i] / width(i));
        clamp();
    }

    /** In the tensor's order; they may be read, or overwritten by what was read before. */
    double[] values() {
        return values;
    }

    /** Of the range, where the value at an index is. */
    double width(int i) {
        return range.width(channel(i));
    }

    private int channel(int i) {
        return channels.place(i);
    }

    private double least(int i) {
        return range.low()[channel(i)] / width(i);
    }

    private double most(int i) {
        return range.high()[channel(i)] / width(i);
    }

    private void clamp() {
        for (int i = 0; i < values.length && range.bounded(); i++) {
            values[i] = Math.min(most(i), Math.max(least(i), values[i]));
        }
    }

    void add(double factor, double[] step) {
        for (int i = 0; i < values.length; i++) {
            values[i] += factor * step[i];
        }
        clamp();
    }

    /** Sets a gradient to zero where a value at an end of its range would go beyond. */
    void leaveOutWhatLeadsOut(double[] gradient) {
        for (int i = 0; i < values.length && range.bounded(); i++) {
            boolean out = gradient[i] > 0 ? values[i] >= most(i) : values[i] <= least(i);
            gradient[i] = out ? 0 : gradient[i];
        }
    }

    /**
     * @param sigma in voxels
     */
    void blur(double sigma) {
        Tensor image = new Tensor(like.axes(), like.shape(), new float[values.length]);
        for (int i = 0; i < values.length; i++) {
            image.data()[i] = (float) values[i];
        }
        float[] blurred = GaussianBlur.blur(image, sigma).data();
        Arrays.setAll(values, i -> blurred[i]);
        clamp();
    }

    /**
     * As the network sees it.
     *
     * @param from where each value of the result comes from; null for where it is
     */
    Tensor tensor(int[] from) {
        float[] image = new float[values.length];
        for (int i = 0; i < image.length; i++) {
            image[i] = (float) (values[from == null ? i : from[i]] * width(i));
        }
        return new Tensor(like.axes(), like.shape().clone(), image);
    }

    /**
     * For each position of the image moved at random, what leaves on one side coming in on the
     * other, where it comes from; null where it is not moved.
     *
     * @param jitter the largest shift along each axis, in voxels
     */
    int[] moved(int jitter, SplittableRandom random) {
        if (jitter == 0) {
            return null;
        }
        int[] from = new int[values.length];
        Arrays.setAll(from, i -> i);
        for (char axis : like.axes().spatial().toCharArray()) {
            Tensor.Along along = like.along(axis);
            int shift = Math.floorMod(random.nextInt(-jitter, jitter + 1), along.size());
            for (int i = 0; i < from.length; i++) {
                int place = along.place(from[i]);
                from[i] += ((place + shift) % along.size() - place) * along.stride();
            }
        }
        return from;
    }
}
