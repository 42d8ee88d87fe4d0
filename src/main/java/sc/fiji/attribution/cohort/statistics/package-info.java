/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * Statistics of groups of subjects, on plain arrays: proportions, curves, permutation tests, false
 * discovery. Nothing here knows of images or files. Start with {@link
 * sc.fiji.attribution.cohort.statistics.GroupTest}.
 */
package sc.fiji.attribution.cohort.statistics;
