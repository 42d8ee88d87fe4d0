/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core.grid;

/**
 * Where the activations of a layer look, for images of given extents. Activation {@code o} depends
 * on the voxels {@code o·stride + low} to {@code o·stride + high} at most (Araujo et al., Computing
 * Receptive Fields of Convolutional Neural Networks, Distill 2019); those outside the image are
 * padding. Arrays are in the order of the axes of space.
 *
 * @param extents of the layer's grid
 * @param channels how many activations there are at each place
 * @param stride voxels of the image from one activation to the next
 * @param low first voxel that activation 0 sees
 * @param high last voxel that activation 0 sees
 */
public record ReceptiveField(int[] extents, int channels, int[] stride, int[] low, int[] high) {

    /**
     * The middle of what activation 0 sees along an axis, in voxels of the image counted from the
     * centre of the first one.
     */
    public double centre(int axis) {
        return 0.5 * (low[axis] + high[axis]);
    }
}
