/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method;

import sc.fiji.attribution.core.Tensor;

/**
 * The spatial positions of a tensor, numbered in the order of its axes, apart from its channels.
 *
 * @param axes of space, for example {@code zyx}
 * @param extents in that order
 */
public record Space(String axes, int[] extents) {

    public static Space of(Tensor tensor) {
        String axes = tensor.axes().spatial();
        int[] extents = axes.chars().map(axis -> tensor.size((char) axis)).toArray();
        return new Space(axes, extents);
    }

    public int size() {
        int size = 1;
        for (int extent : extents) {
            size *= extent;
        }
        return size;
    }

    /** Where in the tensor's data each position's first channel stands. */
    public int[] offsets(Tensor tensor) {
        int[] offsets = new int[size()];
        for (int i = 0; i < offsets.length; i++) {
            int rest = i;
            for (int a = extents.length - 1; a >= 0; a--) {
                offsets[i] += rest % extents[a] * tensor.stride(axes.charAt(a));
                rest /= extents[a];
            }
        }
        return offsets;
    }
}
