/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */

/**
 * Formats of single pictures. ImageJ's decoders believe what a header claims, fill what a damaged
 * file lacks, and report the rest in lines and dialogs of their own, so what ImageJ reads is
 * checked here before it reaches it; PNG and Netpbm, whose values ImageJ changes, are read here.
 * Start with {@link sc.fiji.attribution.fiji.format.picture.SoundPicture}.
 */
package sc.fiji.attribution.fiji.format.picture;
