/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.verdict;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import sc.fiji.attribution.method.evaluation.Figure;
import sc.fiji.attribution.method.evaluation.Interval;
import sc.fiji.attribution.method.evaluation.Metrics;

/**
 * Ranks of methods: among the methods in each image and metric; averaged within a family of
 * metrics, then over families, so that the many metrics of one family do not outvote another.
 */
final class Standings {

    private final List<Figure> judging;
    private final List<String> methods;
    private final Map<Figure, Double> ranks = new LinkedHashMap<>();

    /**
     * @param judging rows of metrics that judge, image by image
     * @param methods all that were compared
     */
    Standings(List<Figure> judging, List<String> methods) {
        this.judging = judging;
        this.methods = methods;
        judging.stream()
                .collect(
                        Collectors.groupingBy(
                                row -> List.<Object>of(row.image(), row.metric()),
                                LinkedHashMap::new,
                                Collectors.toList()))
                .values()
                .stream()
                // Of a run that was ended some methods may lack: no contest.
                .filter(contest -> contest.size() == methods.size())
                .forEach(this::rank);
    }

    /** Equals share their mean rank. */
    private void rank(List<Figure> contest) {
        for (Figure row : contest) {
            long above = contest.stream().filter(other -> other.beats(row.value())).count();
            long beaten = contest.stream().filter(other -> row.beats(other.value())).count();
            ranks.put(row, 1 + above + (contest.size() - 1 - above - beaten) / 2.0);
        }
    }

    /** The best first. */
    List<Standing> all() {
        List<Standing> standings = new ArrayList<>();
        methods.forEach(method -> standings.add(of(method)));
        standings.sort(Comparator.comparingDouble(standing -> standing.overall().mean()));
        return standings;
    }

    private Standing of(String method) {
        List<Figure> own = kept(judging, row -> row.method().equals(method));
        List<Figure> ranked = kept(own, ranks::containsKey);
        double[] perImage = perImage(ranked, this::overall);
        Map<String, Standing.Rank> families = new LinkedHashMap<>();
        for (String family : Recommendation.FAMILIES) {
            List<Figure> rows = kept(ranked, isOf(family));
            if (!rows.isEmpty()) {
                families.put(family, rank(perImage(rows, this::mean)));
            }
        }
        Map<String, Standing.Rank> metrics = new LinkedHashMap<>();
        ranked.stream()
                .collect(
                        Collectors.groupingBy(
                                row -> row.metric().declaration().name(),
                                LinkedHashMap::new,
                                Collectors.toList()))
                .forEach((name, rows) -> metrics.put(name, rank(perImage(rows, this::mean))));
        Standing.Wins wins =
                new Standing.Wins(
                        own.size(),
                        kept(own, row -> row.beats(row.random())).size(),
                        kept(own, row -> row.beats(row.edges())).size());
        return new Standing(method, rank(perImage), families, metrics, perImage, wins);
    }

    private Standing.Rank rank(double[] perImage) {
        return new Standing.Rank(
                Arrays.stream(perImage).average().orElse(Double.NaN),
                Interval.of(perImage, 1, Math.max(2, methods.size())));
    }

    private static double[] perImage(List<Figure> rows, ToDoubleFunction<List<Figure>> figure) {
        return rows.stream()
                .collect(
                        Collectors.groupingBy(
                                Figure::image, LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .mapToDouble(figure)
                .toArray();
    }

    private double overall(List<Figure> rows) {
        return Recommendation.FAMILIES.stream()
                .map(family -> kept(rows, isOf(family)))
                .filter(kept -> !kept.isEmpty())
                .mapToDouble(this::mean)
                .average()
                .orElse(Double.NaN);
    }

    private double mean(List<Figure> rows) {
        return rows.stream().mapToDouble(ranks::get).average().orElse(Double.NaN);
    }

    private static Predicate<Figure> isOf(String family) {
        return row -> Metrics.family(row.metric()).equals(family);
    }

    private static List<Figure> kept(List<Figure> rows, Predicate<Figure> which) {
        return rows.stream().filter(which).toList();
    }
}
