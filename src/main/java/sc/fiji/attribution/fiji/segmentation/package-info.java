/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */

/**
 * Networks that put out a map of scores: what they predict in an image, on its grid, and the parts
 * of the map that can be explained. Start reading at {@link
 * sc.fiji.attribution.fiji.segmentation.Segmentation}.
 */
package sc.fiji.attribution.fiji.segmentation;
