/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.space;

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
        if (extents.length == 0) {
            return offsets;
        }
        int last = extents.length - 1;
        int row = extents[last];
        int step = tensor.stride(axes.charAt(last));
        int[] strides = axes.chars().map(axis -> tensor.stride((char) axis)).toArray();
        int[] place = new int[extents.length];
        for (int first = 0; first < offsets.length; first += row) {
            int start = 0;
            for (int a = 0; a < last; a++) {
                start += place[a] * strides[a];
            }
            for (int i = 0; i < row; i++) {
                offsets[first + i] = start + i * step;
            }
            for (int a = last - 1; a >= 0 && ++place[a] == extents[a]; a--) {
                place[a] = 0;
            }
        }
        return offsets;
    }
}
