/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * TIFF: ImageJ decodes the pixels, after the directories were checked for damage and for kinds of
 * numbers that it takes for others; OME-TIFF by what its XML says. Start with {@link
 * sc.fiji.attribution.fiji.format.tiff.Tiff}.
 */
package sc.fiji.attribution.fiji.format.tiff;
