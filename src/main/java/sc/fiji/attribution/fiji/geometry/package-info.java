/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * Where the voxels of an image lie in the world, and how that travels with an {@code ImagePlus}
 * through ImageJ's commands and files. Start with {@link
 * sc.fiji.attribution.fiji.geometry.ImageGeometry}.
 */
package sc.fiji.attribution.fiji.geometry;
