/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * What is said of methods from their figures: ranks beside each other, evidence for and against
 * each, and a recommendation in words. Start with {@link
 * sc.fiji.attribution.method.evaluation.verdict.Recommendation}.
 */
package sc.fiji.attribution.method.evaluation.verdict;
