/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.distribution.TDistribution;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;

/**
 * Maps of one or more images by several methods, judged by several metrics, with what the same
 * metrics say of maps that know nothing.
 */
public final class Comparison {

    /** Random maps of each image. */
    public static final int RANDOM_MAPS = 5;

    /** Name of the row over all images. */
    public static final String ALL = "all";

    /**
     * One figure.
     *
     * @param image its title; {@link #ALL} for the mean over images
     * @param method whose map
     * @param metric by which
     * @param value NaN where it is not defined
     * @param low of the interval: 95 % of the mean over images by Student's t; NaN for one image
     * @param high of the interval
     * @param random mean of the metric over {@link #RANDOM_MAPS} random maps
     * @param edges of the image's edges
     * @param better which end is the better one
     * @param passes that the metric took for this map
     * @param curve what the value sums up; may be empty
     * @param detail what belongs to it; may be empty
     */
    public record Row(
            String image,
            String method,
            String metric,
            double value,
            double low,
            double high,
            double random,
            double edges,
            MetricDeclaration.Better better,
            long passes,
            List<Double> curve,
            String detail) {}

    private final List<Metric> metrics;
    private final List<Row> rows = new ArrayList<>();

    /**
     * @param metrics those that a trial cannot serve are left out for it
     */
    public Comparison(List<Metric> metrics) {
        this.metrics = List.copyOf(metrics);
    }

    /**
     * Judges the maps of one image.
     *
     * @param trials by the method's name: on the grid of the image for masks, else on the model's
     */
    public void add(String image, Map<String, Trials> trials, Progress progress) {
        int done = 0;
        int all = metrics.size() * trials.size();
        Map<String, double[]> nulls = new LinkedHashMap<>();
        for (Map.Entry<String, Trials> each : trials.entrySet()) {
            for (Metric metric : metrics) {
                Progress part = Progress.part(progress, done++, all);
                Trial trial = each.getValue().of(metric);
                if (Metrics.whyNot(metric, trial).isPresent()) {
                    continue;
                }
                String name = metric.declaration().name();
                Finding finding = metric.evaluate(trial, part);
                // Null maps depend on the map's shape only, which methods may share.
                double[] none =
                        metric.declaration().needs().contains(Need.METHOD)
                                        || metric.declaration().needs().contains(Need.WEIGHTS)
                                ? new double[] {Double.NaN, Double.NaN}
                                : nulls.computeIfAbsent(
                                        name + trial.map(),
                                        key -> nulls(metric, each.getValue(), trial, part));
                rows.add(
                        new Row(
                                image,
                                each.getKey(),
                                name,
                                finding.value(),
                                Double.NaN,
                                Double.NaN,
                                none[0],
                                none[1],
                                metric.declaration().better(),
                                metric.passes(trial),
                                finding.curve(),
                                finding.detail()));
            }
        }
    }

    private static double[] nulls(Metric metric, Trials trials, Trial trial, Progress progress) {
        double sum = 0;
        for (int i = 0; i < RANDOM_MAPS; i++) {
            Tensor random = NullMaps.random(trial.map(), trial.seed() + 1 + i);
            sum += metric.evaluate(trial.with(random), progress).value();
        }
        Tensor edges = NullMaps.edges(trials.picture(metric), trial.map());
        return new double[] {
            sum / RANDOM_MAPS, metric.evaluate(trial.with(edges), progress).value()
        };
    }

    /** What has been found, image by image, then the means over images where there are several. */
    public List<Row> rows() {
        Map<List<String>, List<Row>> groups = new LinkedHashMap<>();
        for (Row row : rows) {
            groups.computeIfAbsent(List.of(row.method(), row.metric()), key -> new ArrayList<>())
                    .add(row);
        }
        List<Row> all = new ArrayList<>(rows);
        for (List<Row> group : groups.values()) {
            if (group.size() > 1) {
                all.add(mean(group));
            }
        }
        return all;
    }

    private static Row mean(List<Row> group) {
        double[] values =
                group.stream().mapToDouble(Row::value).filter(v -> !Double.isNaN(v)).toArray();
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        double half = Double.NaN;
        if (values.length > 1) {
            double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
            double error = Math.sqrt(squares / (values.length - 1) / values.length);
            half = error * new TDistribution(values.length - 1).inverseCumulativeProbability(0.975);
        }
        Row first = group.get(0);
        return new Row(
                ALL,
                first.method(),
                first.metric(),
                mean,
                mean - half,
                mean + half,
                group.stream().mapToDouble(Row::random).average().orElse(Double.NaN),
                group.stream().mapToDouble(Row::edges).average().orElse(Double.NaN),
                first.better(),
                group.stream().mapToLong(Row::passes).sum(),
                List.of(),
                values.length + " of " + group.size() + " images");
    }

    /**
     * A map on both grids.
     *
     * @param onModel on the grid of the network's input, for metrics that ask it
     * @param onImage on the grid of the image, for masks
     * @param image the image on its own grid, for its edges
     */
    public record Trials(Trial onModel, Trial onImage, Tensor image) {

        Trial of(Metric metric) {
            return metric.declaration().needs().contains(Need.MASK) ? onImage : onModel;
        }

        Tensor picture(Metric metric) {
            return metric.declaration().needs().contains(Need.MASK) || onModel.explained().isEmpty()
                    ? image
                    : onModel.explained().orElseThrow().input();
        }
    }
}
