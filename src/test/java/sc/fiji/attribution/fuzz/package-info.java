/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * Damaged files by the thousand, with fixed seeds and in processes of their own. A further kind of
 * file is a class that implements {@link sc.fiji.attribution.fuzz.Subject} and a line in its test.
 */
package sc.fiji.attribution.fuzz;
