/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * A cohort's run: subject by subject, each written as soon as it is done, so that a run that was
 * ended goes on where it stopped; and then what the subjects say together. Start with {@link
 * sc.fiji.attribution.cohort.run.CohortTool}.
 */
package sc.fiji.attribution.cohort.run;
