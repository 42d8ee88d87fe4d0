/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
/**
 * A cohort's subjects as tasks of Apache Spark, which is there only where {@code spark-submit}
 * brought it; nothing else in the plug-in knows of it. Start with {@link
 * sc.fiji.attribution.cohort.spark.SparkCohort}.
 */
package sc.fiji.attribution.cohort.spark;
