/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.core;

/**
 * One of several inputs of a network, as channels of the tensor that holds them all.
 *
 * @param name in the network's signature
 * @param first its first channel
 * @param channels how many it has
 * @param isImage whether it is an image; each channel of another is a number, the same everywhere
 */
public record InputPart(String name, int first, int channels, boolean isImage) {

    /** Whether a channel is one of this input's. */
    public boolean holds(int channel) {
        return channel >= first && channel < first + channels;
    }
}
