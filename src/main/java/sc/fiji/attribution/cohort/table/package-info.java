/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * Tables of subjects, as people have them: a row per subject, with the files of its image and what
 * is known of it; and the tables that a cohort's run writes. Start with {@link
 * sc.fiji.attribution.cohort.table.SubjectTable}.
 */
package sc.fiji.attribution.cohort.table;
