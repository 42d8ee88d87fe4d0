/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.graph.layer;

import java.util.List;
import sc.fiji.attribution.graph.ir.Output;

/**
 * A layer between image and logits.
 *
 * @param name as its author knows it, such as {@code block1/conv}
 * @param output where its activations are
 * @param ops what it is made of, in order, without what only moves or shapes values
 * @param convolution whether it holds a convolution
 * @param channelsFirst whether the channel axis of its activations stands before those of space
 */
public record HiddenLayer(
        String name, Output output, List<String> ops, boolean convolution, boolean channelsFirst) {}
