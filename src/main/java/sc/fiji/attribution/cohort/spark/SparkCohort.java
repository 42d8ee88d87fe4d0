/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.spark;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import sc.fiji.attribution.cohort.group.AlikeMaps;
import sc.fiji.attribution.cohort.group.GroupMoments;
import sc.fiji.attribution.cohort.run.CohortSettings;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.core.OptionException;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.model.ModelOptions;

/**
 * Runs the subjects of a cohort as tasks of Apache Spark, one each. Each executor opens the model
 * once and writes into the run's folder, which all machines must see under the same path, as they
 * must see table, images and model; a task that is lost with its executor is run again by another,
 * and what is done already is not. Master, memory and cores are {@code spark-submit}'s business.
 */
public final class SparkCohort implements AutoCloseable {

    private static final String SPARK = "org.apache.spark.api.java.JavaSparkContext";

    private final SubjectJob job;
    private JavaSparkContext context;

    /**
     * @param settings with absolute paths
     * @throws OptionException where there is no Spark
     */
    public SparkCohort(Path model, ModelOptions options, CohortSettings settings) {
        try {
            Class.forName(SPARK, false, Thread.currentThread().getContextClassLoader());
        } catch (ClassNotFoundException e) {
            throw new OptionException(
                    "part",
                    "part=spark: Apache Spark is not here; start the command by spark-submit, or"
                            + " use part=1/16, … and part=join.");
        }
        this.job = new SubjectJob(model.toAbsolutePath().toString(), options, settings.said());
    }

    /**
     * Runs all subjects that are not done; they are not put together.
     *
     * <p>The cluster stays with this run until it is closed.
     *
     * @param subjects how many there are
     * @param progress told twice a second; where it ends the run, what is done stays
     */
    public void run(int subjects, Progress progress) {
        List<Integer> all = IntStream.range(0, subjects).boxed().toList();
        JavaSparkContext context = cluster();
        SubjectJob mine = job;
        LongAccumulator done = context.sc().longAccumulator("subjects");
        JavaFutureAction<Void> action =
                context.parallelize(all, Math.max(1, subjects))
                        .foreachAsync(
                                index -> {
                                    mine.run(index);
                                    done.add(1);
                                });
        try {
            await(action, done, subjects, progress);
        } finally {
            action.cancel(true);
        }
    }

    /**
     * Adds the maps of groups up where they are, by twos and twos (tree aggregation), so that no
     * machine holds more than a few sums: {@link GroupMoments.Adding}. In another order than on one
     * machine, so the last digits of doubles may differ.
     */
    public GroupMoments sums(AlikeMaps maps, List<Path> files, int[] groups, int count) {
        List<Integer> places = Arrays.stream(maps.places()).boxed().toList();
        String[] names =
                files.stream().map(f -> f.toAbsolutePath().toString()).toArray(String[]::new);
        boolean normalise = maps.isNormalised();
        JavaSparkContext context = cluster();
        int parts = Math.max(1, Math.min(places.size(), 4 * context.defaultParallelism()));
        try {
            return context.parallelize(places, parts)
                    .treeAggregate(
                            new GroupMoments(count),
                            (sums, place) ->
                                    sums.add(Path.of(names[place]), normalise, groups[place]),
                            GroupMoments::add);
        } catch (Exception e) { // of Spark, which declares none
            throw new AttributionException(
                    "Spark could not add the maps up: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                            + " What is done stays, and a new run goes on there.",
                    e);
        }
    }

    /** Asked for once, and kept until this is closed. */
    private JavaSparkContext cluster() {
        if (context == null) {
            SparkConf conf = new SparkConf().setIfMissing("spark.app.name", "Cohort");
            if (!conf.contains("spark.master")) {
                throw new OptionException(
                        "part", "part=spark: no master was named: spark-submit --master …");
            }
            context = new JavaSparkContext(conf);
        }
        return context;
    }

    /** Gives the cluster back. */
    @Override
    public void close() {
        if (context != null) {
            context.close();
        }
        SubjectJob.close();
    }

    private static void await(
            JavaFutureAction<Void> action, LongAccumulator done, int subjects, Progress progress) {
        while (true) {
            try {
                action.get(500, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                long count = done.value();
                progress.update(count, subjects, count + " of " + subjects + " by Spark");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AttributionException("The run was interrupted; what is done stays.", e);
            } catch (ExecutionException e) {
                throw new AttributionException(
                        "Spark gave up: "
                                + String.valueOf(e.getCause().getMessage())
                                        .lines()
                                        .findFirst()
                                        .orElse("")
                                + " What is done stays, and a new run goes on there.",
                        e);
            }
        }
    }
}
