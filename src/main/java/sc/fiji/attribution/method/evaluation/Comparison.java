/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
     * @param low of the {@link Interval} over images; of one image NaN, but for maps of noise
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

        Row within(Interval interval) {
            double low = interval.low();
            double high = interval.high();
            return new Row(image, method, metric, value, low, high, random, edges, better, passes);
        }

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

    /** Of {@link #RANDOM} and {@link #EDGES}, one of each an image and metric. */
    private final List<Row> nullRows = new ArrayList<>();

    private final Map<CurveOf, List<Double>> curves = new LinkedHashMap<>();

    private int images;

    /** What could not be, and in which images. */
    private final Map<String, List<String>> notes = new LinkedHashMap<>();

    /** Metrics that were left out for want of something. */
    private final Map<Need, Set<String>> lacks = new EnumMap<>(Need.class);

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
        // Other noise for each image, or their mean would be as far from chance as the first's.
        long drawn = (long) RANDOM_MAPS * images++;
        int done = 0;
        int all = metrics.size() * trials.size();
        Map<String, NullMaps.Figures> nulls = new LinkedHashMap<>();
        for (Map.Entry<String, Trials> each : trials.entrySet()) {
            for (Metric metric : metrics) {
                Progress part = Progress.part(progress, done++, all);
                Trial trial = each.getValue().of(metric);
                Optional<Need> lack = Metrics.lacks(metric, trial);
                if (lack.isPresent()) {
                    lacks.computeIfAbsent(lack.get(), key -> new TreeSet<>())
                            .add(metric.declaration().name());
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
                NullMaps.Figures none =
                        nulls.computeIfAbsent(
                                name + trial.map(),
                                key -> NullMaps.figures(metric, each.getValue(), drawn, part));
                long passes = metric.passes(trial);
                addNulls(image, metric, none, passes);
                rows.add(row(image, each.getKey(), metric, finding.value(), none, passes));
            }
        }
    }

    /** As methods of their own; the interval of one image is over the maps of noise. */
    private void addNulls(String image, Metric metric, NullMaps.Figures none, long passes) {
        if (curves.put(new CurveOf(image, RANDOM, metric), none.randomCurve()) == null) {
            Row drawn = row(image, RANDOM, metric, none.mean(), none, passes);
            nullRows.add(drawn.within(interval(metric, none.random())));
            nullRows.add(row(image, EDGES, metric, none.edges(), none, passes));
        }
        curves.put(new CurveOf(image, EDGES, metric), none.edgesCurve());
    }

    private static Row row(
            String image,
            String method,
            Metric metric,
            double value,
            NullMaps.Figures none,
            long passes) {
        MetricDeclaration.Better better = metric.declaration().better();
        double open = Double.NaN;
        return new Row(
                image,
                method,
                metric,
                value,
                open,
                open,
                none.mean(),
                none.edges(),
                better,
                passes);
    }

    private static Interval interval(Metric metric, double[] values) {
        double[] known = Arrays.stream(values).filter(v -> !Double.isNaN(v)).toArray();
        return Interval.of(known, metric.declaration().low(), metric.declaration().high());
    }

    private static String reason(Finding finding) {
        return finding.detail().isEmpty() ? "." : ", since " + finding.detail() + ".";
    }

    /** Names of the null rows, among curves. */
    public static final String RANDOM = "random";

    public static final String EDGES = "edges";

    /** Curves that figures sum up, image by image, those of null maps too. */
    public Map<CurveOf, List<Double>> curves() {
        Map<CurveOf, List<Double>> found = new LinkedHashMap<>(curves);
        found.values().removeIf(List::isEmpty);
        return found;
    }

    /** What was not measured or is not defined, and why: a line each. */
    public List<String> notes() {
        List<String> lines = new ArrayList<>();
        lacks.forEach(
                (need, names) ->
                        lines.add(
                                "Not measured, for want of "
                                        + need.text()
                                        + ": "
                                        + String.join(", ", names)
                                        + "."));
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

    /**
     * What has been found, image by image, with rows of {@link #RANDOM} and {@link #EDGES} maps,
     * then the means over images where there are several.
     */
    public List<Row> rows() {
        List<Row> all = new ArrayList<>(rows);
        all.addAll(nullRows);
        Map<List<Object>, List<Row>> groups = new LinkedHashMap<>();
        for (Row row : all) {
            groups.computeIfAbsent(List.of(row.method(), row.metric()), key -> new ArrayList<>())
                    .add(row);
        }
        for (List<Row> group : groups.values()) {
            if (rows.stream().map(Row::image).distinct().count() > 1) {
                all.add(mean(group));
            }
        }
        return all;
    }

    /** Over images where it is defined. */
    private static Row mean(List<Row> group) {
        double[] values = group.stream().mapToDouble(Row::value).toArray();
        Row first = group.get(0);
        Interval interval = interval(first.metric(), values);
        return new Row(
                ALL,
                first.method(),
                first.metric(),
                average(values),
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
