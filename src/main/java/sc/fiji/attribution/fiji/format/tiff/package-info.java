/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * TIFF: directories are checked for damage; what is not packed and of ImageJ's own numbers it
 * reads, other pixels are decoded here; OME-TIFF by what its XML says. Start with {@link
 * sc.fiji.attribution.fiji.format.tiff.Tiff}.
 */
package sc.fiji.attribution.fiji.format.tiff;
