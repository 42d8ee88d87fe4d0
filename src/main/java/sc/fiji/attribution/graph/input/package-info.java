/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */

/**
 * What a network is fed: the shape of its image, several images joined into one tensor, inputs that
 * are held constant, and where to begin behind a decoder. Start with {@link
 * sc.fiji.attribution.graph.input.InputShape}.
 */
package sc.fiji.attribution.graph.input;
