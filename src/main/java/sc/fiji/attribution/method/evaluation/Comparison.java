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
     * @param low of the {@link Interval} over images; NaN for one image
     * @param high of the interval
     * @param random mean of the metric over {@link #RANDOM_MAPS} random maps
     * @param edges of the image's edges
     * @param better which end is the better one
     * @param passes that the metric takes for this map, where it is the only one
     */
    public record Row(
            String image,
            String method,
            Metric metric,
            double value,
            double low,
            double high,
            double random,
            double edges,
            MetricDeclaration.Better better,
            long passes) {

        /** Whether the figure speaks for the map more than another one does; NaN never does. */
        public boolean beats(double other) {
            return switch (better) {
                case HIGHER -> value > other || Double.isNaN(other) && !Double.isNaN(value);
                case LOWER -> value < other || Double.isNaN(other) && !Double.isNaN(value);
                case NEITHER -> false;
            };
        }
    }

    /** Whose curve it is. */
    public record CurveOf(String image, String method, Metric metric) {}

    private final List<Metric> metrics;
    private final List<Row> rows = new ArrayList<>();
    private final Map<CurveOf, List<Double>> curves = new LinkedHashMap<>();

    /** What could not be, and in which images. */
    private final Map<String, List<String>> notes = new LinkedHashMap<>();

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
                curves.put(new CurveOf(image, each.getKey(), metric), finding.curve());
                if (Double.isNaN(finding.value())) {
                    notes.computeIfAbsent(
                                    each.getKey() + ": no " + name + reason(finding),
                                    key -> new ArrayList<>())
                            .add(image);
                }
                // Null maps depend on the map's shape only, which methods may share.
                double[] none =
                        nulls.computeIfAbsent(
                                name + trial.map(),
                                key -> nulls(image, metric, each.getValue(), part));
                rows.add(
                        new Row(
                                image,
                                each.getKey(),
                                metric,
                                finding.value(),
                                Double.NaN,
                                Double.NaN,
                                none[0],
                                none[1],
                                metric.declaration().better(),
                                metric.passes(trial)));
            }
        }
    }

    private static String reason(Finding finding) {
        return finding.detail().isEmpty() ? "." : ", since " + finding.detail() + ".";
    }

    /** Names of the null rows, among curves. */
    public static final String RANDOM = "random";

    public static final String EDGES = "edges";

    private double[] nulls(String image, Metric metric, Trials trials, Progress progress) {
        Trial trial = trials.of(metric);
        double sum = 0;
        double[] curve = {};
        for (int i = 0; i < RANDOM_MAPS; i++) {
            long seed = trial.seed() + 1 + i;
            Tensor map = NullMaps.random(trial.map(), seed);
            Trial none =
                    trial.explained()
                            .map(real -> trial.by(NullMethod.random(real, map, seed), map))
                            .orElse(trial.with(map));
            Finding finding = metric.evaluate(none, progress);
            sum += finding.value() / RANDOM_MAPS;
            curve = curve.length == 0 ? new double[finding.curve().size()] : curve;
            for (int k = 0; k < curve.length; k++) {
                curve[k] += finding.curve().get(k) / RANDOM_MAPS;
            }
        }
        Tensor map = NullMaps.edges(trials.picture(metric), trial.map());
        Trial none =
                trial.explained()
                        .map(real -> trial.by(NullMethod.edges(real, map), map))
                        .orElse(trial.with(map));
        Finding edges = metric.evaluate(none, progress);
        curves.put(new CurveOf(image, RANDOM, metric), Arrays.stream(curve).boxed().toList());
        curves.put(new CurveOf(image, EDGES, metric), edges.curve());
        return new double[] {sum, edges.value()};
    }

    /** Curves that figures sum up, image by image, those of null maps too. */
    public Map<CurveOf, List<Double>> curves() {
        Map<CurveOf, List<Double>> found = new LinkedHashMap<>(curves);
        found.values().removeIf(List::isEmpty);
        return found;
    }

    /** What is not defined, and why: a line each. */
    public List<String> notes() {
        List<String> lines = new ArrayList<>();
        notes.forEach(
                (note, images) ->
                        lines.add(
                                images.size() == 1
                                        ? images.get(0) + ", " + note
                                        : note + " (" + images.size() + " images)"));
        return lines;
    }

    /** What has been found, image by image. */
    public List<Row> perImage() {
        return List.copyOf(rows);
    }

    /** What has been found, image by image, then the means over images where there are several. */
    public List<Row> rows() {
        Map<List<Object>, List<Row>> groups = new LinkedHashMap<>();
        for (Row row : rows) {
            groups.computeIfAbsent(List.of(row.method(), row.metric()), key -> new ArrayList<>())
                    .add(row);
        }
        List<Row> all = new ArrayList<>(rows);
        for (List<Row> group : groups.values()) {
            if (rows.stream().map(Row::image).distinct().count() > 1) {
                all.add(mean(group));
            }
        }
        return all;
    }

    /** Over images where it is defined. */
    private static Row mean(List<Row> group) {
        double[] values =
                group.stream().mapToDouble(Row::value).filter(v -> !Double.isNaN(v)).toArray();
        double mean = Arrays.stream(values).average().orElse(Double.NaN);
        Row first = group.get(0);
        MetricDeclaration range = first.metric().declaration();
        Interval interval = Interval.of(values, range.low(), range.high());
        return new Row(
                ALL,
                first.method(),
                first.metric(),
                mean,
                interval.low(),
                interval.high(),
                average(group.stream().mapToDouble(Row::random).toArray()),
                average(group.stream().mapToDouble(Row::edges).toArray()),
                first.better(),
                group.stream().mapToLong(Row::passes).sum());
    }

    private static double average(double[] values) {
        return Arrays.stream(values).filter(v -> !Double.isNaN(v)).average().orElse(Double.NaN);
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
