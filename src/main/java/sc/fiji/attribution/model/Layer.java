/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.model;

import java.util.List;
import sc.fiji.attribution.core.Axes;

/**
 * A layer between image and logits.
 *
 * @param name as its author knows it, such as {@code block1/conv}
 * @param axes order of the axes of its activations; channels alone ({@code bc}) where it has no
 *     place in the image
 * @param shape their extents in that order, -1 where they depend on the image
 * @param ops what it is made of, in order
 * @param convolution whether it holds a convolution
 */
public record Layer(String name, Axes axes, int[] shape, List<String> ops, boolean convolution) {

    public Layer {
        ops = List.copyOf(ops);
    }

    /** Extent of the axis; -1 where it depends on the image, 1 where there is no such axis. */
    public int size(char axis) {
        int position = axes.indexOf(axis);
        return position < 0 ? 1 : shape[position];
    }

    /** Whether its activations have a place in the image: some axis of space is not of extent 1. */
    public boolean spatial() {
        return axes.spatial().chars().anyMatch(axis -> size((char) axis) != 1);
    }
}
