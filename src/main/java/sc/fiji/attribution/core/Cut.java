/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

/**
 * A layer at which a network can be cut in two: all that the logits see of the image comes through
 * it, and each of its activations sees no more than a box of the image. For images of given
 * extents; arrays are in the order of the axes of space.
 *
 * <p>Activation {@code o} depends on the voxels {@code o·stride + low} to {@code o·stride + high}
 * (Araujo et al., Computing Receptive Fields of Convolutional Neural Networks, Distill 2019). Those
 * outside the image are padding.
 *
 * @param layer its name
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

    /** How many numbers its activations of one image are. */
    public long values() {
        long values = channels;
        for (int extent : extents) {
            values *= extent;
        }
        return values;
    }
}
