/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
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

    /** Whose curve it is. */
    public record CurveOf(String image, String method, Metric metric) {}

    private final List<Metric> metrics;
    private final List<Figure> rows = new ArrayList<>();

    /** Of {@link #RANDOM} and {@link #EDGES}, one of each an image and metric. */
    private final List<Figure> nullRows = new ArrayList<>();

    private final Map<CurveOf, Finding> curves = new LinkedHashMap<>();

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
     * Judges the maps of one image, family by family: metrics of a family ask for the same maps of
     * changed images and networks, which a trial keeps as long as memory allows. What was found is
     * kept where this is cancelled.
     *
     * @param trials by the method's name: on the grid of the image for masks, else on the model's
     */
    public void add(String image, Map<String, Trials> trials, Progress progress) {
        // Other noise for each image, or their mean would be as far from chance as the first's.
        long drawn = (long) RANDOM_MAPS * images++;
        int done = 0;
        int all = metrics.size() * trials.size();
        Map<String, NullMaps.Figures> nulls = new HashMap<>();
        for (String family : metrics.stream().map(Metrics::family).distinct().toList()) {
            for (Map.Entry<String, Trials> each : trials.entrySet()) {
                for (Metric metric : metrics) {
                    if (Metrics.family(metric).equals(family)) {
                        Progress part = Progress.part(progress, done++, all);
                        judge(image, each.getKey(), each.getValue(), metric, nulls, drawn, part);
                    }
                }
            }
        }
    }

    private void judge(
            String image,
            String method,
            Trials trials,
            Metric metric,
            Map<String, NullMaps.Figures> nulls,
            long drawn,
            Progress progress) {
        Trial trial = trials.of(metric);
        String name = metric.declaration().name();
        Optional<Need> lack = Metrics.lacks(metric, trial);
        if (lack.isPresent()) {
            lacks.computeIfAbsent(lack.get(), key -> new TreeSet<>()).add(name);
            return;
        }
        Finding finding = metric.evaluate(trial, progress);
        // Null maps depend on the map's shape only, which methods may share.
        NullMaps.Figures none =
                nulls.computeIfAbsent(
                        name + trial.map(),
                        key -> NullMaps.figures(metric, trials, drawn, progress));
        curves.put(new CurveOf(image, method, metric), finding);
        if (Double.isNaN(finding.value())) {
            notes.computeIfAbsent(
                            method + ": no " + name + reason(finding), key -> new ArrayList<>())
                    .add(image);
        }
        Figure.Nothing nothing = new Figure.Nothing(none.mean(), none.spread(), none.edges());
        long passes = metric.passes(trial);
        rows.add(
                new Figure(image, method, metric, finding.value(), Interval.NONE, nothing, passes));
        CurveOf random = new CurveOf(image, RANDOM, metric);
        if (curves.put(random, finding.with(none.mean(), none.randomCurve())) == null) {
            Interval shown = interval(metric, none.random());
            nullRows.add(new Figure(image, RANDOM, metric, none.mean(), shown, nothing, passes));
            nullRows.add(
                    new Figure(image, EDGES, metric, none.edges(), Interval.NONE, nothing, passes));
        }
        curves.put(
                new CurveOf(image, EDGES, metric), finding.with(none.edges(), none.edgesCurve()));
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

    /** What has a curve, image by image, null maps too. */
    public Map<CurveOf, Finding> curves() {
        Map<CurveOf, Finding> found = new LinkedHashMap<>(curves);
        found.values().removeIf(finding -> finding.curve().isEmpty());
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
    public List<Figure> perImage() {
        return List.copyOf(rows);
    }

    /**
     * What has been found, image by image, with rows of {@link #RANDOM} and {@link #EDGES} maps,
     * then the means over images where there are several.
     */
    public List<Figure> rows() {
        List<Figure> all = new ArrayList<>(rows);
        all.addAll(nullRows);
        Map<List<Object>, List<Figure>> groups = new LinkedHashMap<>();
        for (Figure row : all) {
            groups.computeIfAbsent(List.of(row.method(), row.metric()), key -> new ArrayList<>())
                    .add(row);
        }
        for (List<Figure> group : groups.values()) {
            if (rows.stream().map(Figure::image).distinct().count() > 1) {
                all.add(mean(group));
            }
        }
        return all;
    }

    /** Over images where it is defined. */
    private static Figure mean(List<Figure> group) {
        double[] values = group.stream().mapToDouble(Figure::value).toArray();
        double[] random = group.stream().mapToDouble(Figure::random).toArray();
        Metric metric = group.get(0).metric();
        Figure.Nothing nothing =
                new Figure.Nothing(
                        average(random),
                        interval(metric, random),
                        average(group.stream().mapToDouble(Figure::edges).toArray()));
        return new Figure(
                ALL,
                group.get(0).method(),
                metric,
                average(values),
                interval(metric, values),
                nothing,
                group.stream().mapToLong(Figure::passes).sum());
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
