/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * What maps of subjects say together, voxel by voxel, whoever the subjects are: means, tests
 * between groups, clusters of voxels and of maps. Start with {@link
 * sc.fiji.attribution.cohort.group.AlikeMaps}, which reads them.
 */
package sc.fiji.attribution.cohort.group;
