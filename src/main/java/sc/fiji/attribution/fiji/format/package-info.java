/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * What every image format has in common that is read here rather than by the host: the contract
 * {@link sc.fiji.attribution.fiji.format.ImageFormat}, how voxels lie in a file, and which image of
 * a file is meant. The formats themselves are rooms of their own; the table of all is in {@code
 * ImageFile}.
 */
package sc.fiji.attribution.fiji.format;
