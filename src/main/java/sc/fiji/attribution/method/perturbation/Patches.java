/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import java.util.Arrays;
import sc.fiji.attribution.core.Tensor;

/** Boxes of tensors of the same axes, copied with all their channels. */
final class Patches {

    private Patches() {}

    /**
     * Copies a box from image {@code i} of one tensor to image {@code k} of another.
     *
     * @param from first place of the box in the source, along each axis of space
     * @param to first place in the target
     * @param size extents of the box
     */
    static void copy(Tensor source, int i, int[] from, Tensor target, int k, int[] to, int[] size) {
        if (Arrays.stream(size).anyMatch(extent -> extent == 0)) {
            return;
        }
        String axes = source.axes().spatial();
        int at = i * source.stride('b');
        int goal = k * target.stride('b');
        for (int a = 0; a < size.length; a++) {
            at += from[a] * source.stride(axes.charAt(a));
            goal += to[a] * target.stride(axes.charAt(a));
        }
        copy(source, at, target, goal, axes, 0, size);
    }

    private static void copy(
            Tensor source, int at, Tensor target, int goal, String axes, int axis, int[] size) {
        char name = axes.charAt(axis);
        boolean innermost = axis == size.length - 1;
        int channels = source.size('c');
        if (innermost && source.stride('c') == 1) {
            System.arraycopy(
                    source.data(), at, target.data(), goal, size[axis] * source.stride(name));
        } else if (innermost) {
            for (int c = 0; c < channels; c++) {
                System.arraycopy(
                        source.data(),
                        at + c * source.stride('c'),
                        target.data(),
                        goal + c * target.stride('c'),
                        size[axis]);
            }
        } else {
            for (int p = 0; p < size[axis]; p++) {
                copy(
                        source,
                        at + p * source.stride(name),
                        target,
                        goal + p * target.stride(name),
                        axes,
                        axis + 1,
                        size);
            }
        }
    }
}
