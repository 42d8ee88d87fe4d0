/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */

/** The commands under {@code Sample Data}: images and a classifier that come with the plug-in. */
package sc.fiji.attribution.command.sample;
