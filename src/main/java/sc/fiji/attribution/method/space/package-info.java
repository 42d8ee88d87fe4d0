/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */

/**
 * Places in an image: its extents, and the part of it that is looked at. Start with {@link
 * sc.fiji.attribution.method.space.Inside}.
 */
package sc.fiji.attribution.method.space;
