/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.propagation;

import java.util.Arrays;

/**
 * A place at which a network can be cut in two, which is the image itself or a layer: all that the
 * logits see of the image comes through it, and each of its activations sees no more than a box of
 * the image. For images of given extents; arrays are in the order of the axes of space.
 *
 * <p>Activation {@code o} depends on the voxels {@code o·stride + low} to {@code o·stride + high}
 * (Araujo et al., Computing Receptive Fields of Convolutional Neural Networks, Distill 2019). Those
 * outside the image are padding.
 *
 * @param layer its name, or {@link Pass#IMAGE}
 * @param extents of its activations
 * @param channels how many there are at each place
 * @param stride voxels of the image from one activation to the next
 * @param low first voxel that activation 0 sees
 * @param high last voxel that activation 0 sees
 * @param operations multiplications and additions from the image to here
 */
public record Cut(
        String layer,
        int[] extents,
        int channels,
        int[] stride,
        int[] low,
        int[] high,
        double operations) {

    /** In front of the first layer. */
    public static Cut image(int[] extents, int channels) {
        int[] ones = extents.clone();
        Arrays.fill(ones, 1);
        int[] zeros = new int[extents.length];
        return new Cut(Pass.IMAGE, extents, channels, ones, zeros, zeros, 0);
    }

    /** How many numbers its activations of one image are. */
    public long values() {
        long values = channels;
        for (int extent : extents) {
            values *= extent;
        }
        return values;
    }

    /** First activation along an axis that sees a voxel at or behind {@code voxel}. */
    public int first(int axis, int voxel) {
        return Math.max(0, -Math.floorDiv(high[axis] - voxel, stride[axis]));
    }

    /** Last activation along an axis that sees a voxel at or before {@code voxel}. */
    public int last(int axis, int voxel) {
        return Math.min(extents[axis] - 1, Math.floorDiv(voxel - low[axis], stride[axis]));
    }
}
