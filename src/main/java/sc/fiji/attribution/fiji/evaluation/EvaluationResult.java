/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import ij.ImagePlus;
import ij.measure.ResultsTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sc.fiji.attribution.method.evaluation.Comparison;
import sc.fiji.attribution.method.evaluation.Figure;
import sc.fiji.attribution.method.evaluation.Finding;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.method.evaluation.verdict.Recommendation;
import sc.fiji.attribution.method.evaluation.verdict.Standing;

/**
 * What an evaluation found, as tables.
 *
 * @param rows image by image, then the means over images where there are several
 * @param perImage image by image
 * @param curves that figures sum up, image by image, those of null maps too
 * @param notes what is not defined, and why
 * @param warnings what is odd
 * @param image the first image
 * @param maps of the first image, by method, on its grid
 */
public record EvaluationResult(
        List<Figure> rows,
        List<Figure> perImage,
        Map<Comparison.CurveOf, Finding> curves,
        List<String> notes,
        List<String> warnings,
        Optional<ImagePlus> image,
        Map<String, ImagePlus> maps) {

    /** Families whose curves are drawn and listed; others' are samples without an order. */
    private static final Set<String> CURVES = Set.of("faithfulness", "randomisation");

    /** Which method to take, and why. */
    public Recommendation recommendation() {
        return Recommendation.of(perImage);
    }

    /** Titles of the images. */
    public List<String> images() {
        return perImage.stream().map(Figure::image).distinct().toList();
    }

    /** The columns that scripts rely on, a row for each image, method and metric. */
    public ResultsTable table() {
        ResultsTable table = empty();
        for (Figure row : rows) {
            add(
                    table,
                    List.of(row.image(), row.method(), row.metric().declaration().name()),
                    new double[] {row.value(), row.low(), row.high(), row.random(), row.edges()},
                    row.better().name().toLowerCase(Locale.ROOT),
                    row.passes());
        }
        return table;
    }

    /**
     * Adds a row.
     *
     * @param of image, method and metric
     * @param values value, low, high, random and edges
     */
    static void add(
            ResultsTable table, List<String> of, double[] values, String better, long passes) {
        table.addRow();
        String[] names = {"image", "method", "metric"};
        for (int i = 0; i < names.length; i++) {
            table.addValue(names[i], of.get(i));
        }
        String[] figures = {"value", "low", "high", "random", "edges"};
        for (int i = 0; i < figures.length; i++) {
            table.addValue(figures[i], values[i]);
        }
        table.addValue("better", better);
        table.addValue("passes", passes);
    }

    /**
     * A row for each method, the best first: its mean rank, by family and by metric too, each with
     * its interval over images.
     */
    public ResultsTable ranks() {
        ResultsTable table = empty();
        for (Standing standing : recommendation().standings()) {
            table.addRow();
            table.addValue("method", standing.method());
            add(table, "", standing.overall());
            standing.families().forEach((family, rank) -> table.addValue(family, rank.mean()));
            table.addValue("judged", standing.wins().judged());
            table.addValue("beats random", standing.wins().random());
            table.addValue("beats edges", standing.wins().edges());
            standing.metrics().forEach((metric, rank) -> add(table, metric + " ", rank));
        }
        return table;
    }

    private static void add(ResultsTable table, String prefix, Standing.Rank rank) {
        table.addValue(prefix + "rank", rank.mean());
        table.addValue(prefix + "low", rank.interval().low());
        table.addValue(prefix + "high", rank.interval().high());
    }

    /** A row for each point of each curve, from the first to the last change. */
    public ResultsTable curvePoints() {
        ResultsTable table = empty();
        drawn().forEach(
                        (of, curve) -> {
                            for (int i = 0; i < curve.curve().size(); i++) {
                                table.addRow();
                                table.addValue("image", of.image());
                                table.addValue("method", of.method());
                                table.addValue("metric", of.metric().declaration().name());
                                table.addValue("step", i);
                                table.addValue("value", curve.curve().get(i));
                                table.addValue("at", place(curve, i));
                            }
                        });
        return table;
    }

    /** A layer, or the share of what is changed in percent. */
    private static String place(Finding curve, int point) {
        int steps = Math.max(1, curve.curve().size() - 1);
        return curve.places().isEmpty()
                ? String.format(Locale.ROOT, "%.4g %%", 100.0 * point / steps)
                : curve.places().get(point);
    }

    private static ResultsTable empty() {
        ResultsTable table = new ResultsTable();
        table.setPrecision(6);
        return table;
    }

    private Map<Comparison.CurveOf, Finding> drawn() {
        Map<Comparison.CurveOf, Finding> drawn = new LinkedHashMap<>(curves);
        drawn.keySet().removeIf(of -> !CURVES.contains(Metrics.family(of.metric())));
        return drawn;
    }

    /** What was changed at each point of a metric's curves; empty for equal steps. */
    List<String> places(String metric) {
        return curves.entrySet().stream()
                .filter(each -> each.getKey().metric().declaration().name().equals(metric))
                .map(each -> each.getValue().places())
                .findFirst()
                .orElse(List.of());
    }

    /** Mean curves over images: by metric, and then by method. */
    Map<String, Map<String, List<Double>>> meanCurves() {
        Map<String, Map<String, List<List<Double>>>> all = new LinkedHashMap<>();
        drawn().forEach(
                        (of, curve) ->
                                all.computeIfAbsent(
                                                of.metric().declaration().name(),
                                                key -> new LinkedHashMap<>())
                                        .computeIfAbsent(of.method(), key -> new ArrayList<>())
                                        .add(curve.curve()));
        Map<String, Map<String, List<Double>>> means = new LinkedHashMap<>();
        all.forEach(
                (metric, methods) -> {
                    Map<String, List<Double>> mean = new LinkedHashMap<>();
                    methods.forEach((method, curves) -> mean.put(method, mean(curves)));
                    means.put(metric, mean);
                });
        return means;
    }

    /** Up to the shortest: images may differ in size, and with it in steps. */
    private static List<Double> mean(List<List<Double>> curves) {
        int length = curves.stream().mapToInt(List::size).min().orElse(0);
        List<Double> mean = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            int at = i;
            mean.add(curves.stream().mapToDouble(c -> c.get(at)).average().orElseThrow());
        }
        return mean;
    }
}
