/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * Files on disk, whatever is in them: written wholly or not at all, never over what they were made
 * of. Start with {@link sc.fiji.attribution.fiji.storage.WholeFile}.
 */
package sc.fiji.attribution.fiji.storage;
