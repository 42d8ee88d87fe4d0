/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.faithfulness;

import java.util.Arrays;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.Batches;
import sc.fiji.attribution.method.evaluation.Explained;
import sc.fiji.attribution.method.evaluation.Trial;

/**
 * Takes features of an image away and asks for the score. A feature is a value of the map: a voxel
 * with all its channels where the map has no channel axis, else a voxel of one channel. Holds a
 * batch of images, whatever the number of questions.
 */
final class Removal {

    /** Of single precision, relative to the score. */
    private static final double ROUNDING = 1e-6;

    private final Explained explained;
    private final Tensor map;
    private final Tensor input;
    private final Tensor reference;
    private final Batches batches;
    private final int batch;
    private final Tensor.Along channels;

    Removal(Trial trial) {
        this.explained = trial.explained().orElseThrow();
        this.map = trial.map();
        this.input = explained.input();
        this.reference = explained.reference();
        this.batches = new Batches(input);
        this.batch = Batches.size(0, input);
        this.channels = map.length() == input.length() ? new Tensor.Along(1, 1) : input.along('c');
        if (map.length() * channels.size() != input.length()) {
            throw new IllegalArgumentException("map " + map + " of an image " + input);
        }
    }

    /** Number of features. */
    int features() {
        return map.length();
    }

    /** The map's value of each feature. */
    double[] values() {
        double[] values = new double[map.length()];
        Arrays.setAll(values, i -> map.data()[i]);
        return values;
    }

    /** f(x). */
    double ofInput() {
        return explained.ofInput();
    }

    /** f of the reference. */
    double ofReference() {
        return explained.ofReference();
    }

    /**
     * f after each of a number of changes that stay.
     *
     * @param groups features that change together; the first are changed first
     * @param insert whether they are put back, into the image without all of them
     */
    double[] kept(int[][] groups, boolean insert, Progress progress) {
        Tensor image = input.copy();
        if (insert) {
            for (int[] group : groups) {
                replace(group, image);
            }
        }
        Tensor source = insert ? input : reference;
        return ask(
                groups.length,
                change -> {
                    for (int feature : groups[change]) {
                        move(source, image, feature);
                    }
                    return image.data();
                },
                progress);
    }

    private void replace(int[] group, Tensor image) {
        for (int feature : group) {
            move(reference, image, feature);
        }
    }

    /**
     * f with each of the boxes that cover the image removed by itself, as {@link Tiles} numbers
     * them: the same for all maps of an image, so that it is asked once.
     *
     * @param size of a box along each axis, in voxels
     */
    private double[] withoutTiles(int size, Progress progress) {
        return explained.once(
                "boxes of " + size,
                () ->
                        explained
                                .without(Tiles.boxes(map, size), progress)
                                .orElseGet(() -> alone(Tiles.of(map, size), progress)));
    }

    /**
     * What removing each box takes from the score; 0 where it is within the rounding of parts of
     * the network that are computed anew.
     *
     * @param size as {@link #withoutTiles} takes it
     */
    double[] fallsOfTiles(int size, Progress progress) {
        double whole = ofInput();
        double nothing = ROUNDING * Math.max(1, Math.abs(whole));
        return Arrays.stream(withoutTiles(size, progress))
                .map(score -> whole - score)
                .map(fall -> Math.abs(fall) <= nothing ? 0 : fall)
                .toArray();
    }

    /** As {@link #alone}, of groups that are the same for all maps of the image. */
    double[] aloneOnce(String which, int[][] groups, Progress progress) {
        return explained.once(which + " of " + features(), () -> alone(groups, progress));
    }

    /** f with one group of features removed, for each group by itself. */
    double[] alone(int[][] groups, Progress progress) {
        Tensor image = input.copy();
        return ask(
                groups.length,
                group -> {
                    System.arraycopy(input.data(), 0, image.data(), 0, image.length());
                    replace(groups[group], image);
                    return image.data();
                },
                progress);
    }

    /** f of images that are made one after the other. */
    double[] ask(int count, java.util.function.IntFunction<float[]> image, Progress progress) {
        double[] scores = new double[count];
        for (int from = 0; from < count; from += batch) {
            int images = Math.min(batch, count - from);
            Tensor together = batches.of(images);
            for (int i = 0; i < images; i++) {
                float[] one = image.apply(from + i);
                System.arraycopy(one, 0, together.data(), i * input.length(), input.length());
            }
            System.arraycopy(explained.scores(together), 0, scores, from, images);
            progress.update(from + images, count, "Scores of changed images");
        }
        return scores;
    }

    /** Copies a feature from one image to another. */
    void move(Tensor from, Tensor to, int feature) {
        for (int c = 0; c < channels.size(); c++) {
            int at = index(feature, c);
            to.data()[at] = from.data()[at];
        }
    }

    /** Where a feature's value of a channel lies in the image. */
    int index(int feature, int channel) {
        return channels.with(feature, channel);
    }

    /** Values of the image that are one feature. */
    int channels() {
        return channels.size();
    }

    Tensor input() {
        return input;
    }

    Tensor reference() {
        return reference;
    }
}
