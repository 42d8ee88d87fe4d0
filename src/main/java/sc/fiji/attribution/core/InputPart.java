/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

import java.util.List;

/**
 * One of several inputs of a network, as channels of the tensor that holds them all.
 *
 * @param name in the network's signature
 * @param first its first channel
 * @param channels how many it has
 * @param isImage whether it is an image; each channel of another is a number, the same everywhere
 * @param extents of an image on a grid of its own, along the tensor's axes of space: it lies in the
 *     corner, with zeros around it that nothing reads; empty where it has the tensor's
 */
public record InputPart(
        String name, int first, int channels, boolean isImage, List<Integer> extents) {

    public InputPart {
        extents = List.copyOf(extents);
    }

    /** Whether a channel is one of this input's. */
    public boolean holds(int channel) {
        return channel >= first && channel < first + channels;
    }

    public boolean hasOwnGrid() {
        return !extents.isEmpty();
    }

    /**
     * Its extent along an axis of space.
     *
     * @param axes of the tensor that holds it
     * @param whole the tensor's extent
     */
    public int extent(Axes axes, char axis, int whole) {
        int place = axes.spatial().indexOf(axis);
        return hasOwnGrid() && place >= 0 ? extents.get(place) : whole;
    }
}
