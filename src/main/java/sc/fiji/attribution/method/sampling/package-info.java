/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */

/**
 * Random numbers that are the same on any machine, and steps of a search by gradients. Start with
 * {@link sc.fiji.attribution.method.sampling.SampleRandom}.
 */
package sc.fiji.attribution.method.sampling;
