/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * Does a classifier tell classes by what they are, or by a signature of where the data come from?
 * Each class is one piece of evidence, a line of {@code bias.csv}. Start with {@link
 * sc.fiji.attribution.cohort.bias.ConfoundTest}, the main one; what it does not rest on, and why,
 * says {@link sc.fiji.attribution.cohort.statistics.SpectralClustering}.
 */
package sc.fiji.attribution.cohort.bias;
