/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.DoubleStream;
import sc.fiji.attribution.cohort.run.Cohort;
import sc.fiji.attribution.cohort.run.Cohort.Member;
import sc.fiji.attribution.cohort.statistics.Calibration;
import sc.fiji.attribution.cohort.statistics.Roc;

/** The charts of a report. */
final class Charts {

    private static final double[] UNIT = {0, 1};

    private Charts() {}

    static String roc(Roc roc, String name) {
        Svg svg =
                new Svg("Receiver operating characteristic of " + name, UNIT, UNIT)
                        .axes("1 − specificity", "sensitivity", true)
                        .line(0, 0, 1, 1, "#888", "4 3");
        svg.path(
                roc.curve().stream()
                        .map(p -> new double[] {p.falsePositives(), p.truePositives()})
                        .toArray(double[][]::new),
                Svg.colour(0));
        return figure(
                svg,
                String.format(
                        Locale.ROOT,
                        "ROC of %s: AUC %s (%s to %s)",
                        name,
                        Html.number(roc.auc().value()),
                        Html.number(roc.auc().low()),
                        Html.number(roc.auc().high())));
    }

    static String calibration(Calibration calibration, String name) {
        Svg svg =
                new Svg("Calibration of " + name, UNIT, UNIT)
                        .axes("mean probability", "frequency", true)
                        .line(0, 0, 1, 1, "#888", "4 3");
        svg.path(
                calibration.curve().stream()
                        .map(b -> new double[] {b.probability(), b.frequency()})
                        .toArray(double[][]::new),
                Svg.colour(0));
        for (Calibration.Bin bin : calibration.curve()) {
            svg.point(bin.probability(), bin.frequency(), Svg.colour(0), bin.n() + " subjects", "");
        }
        return figure(
                svg,
                String.format(
                        Locale.ROOT,
                        "Calibration of %s: Brier score %s, expected calibration error %s",
                        name,
                        Html.number(calibration.brier().value()),
                        Html.number(calibration.ece().value())));
    }

    /** Each subject a point, by class and level of the confound, that links to its map. */
    static String scores(Cohort cohort, int scored) {
        List<Member> members = cohort.asked().stream().filter(m -> m.truth() >= 0).toList();
        String confound = cohort.settings().confound();
        List<String> levels = confound.isEmpty() ? List.of("") : cohort.confound().all();
        double low = members.stream().mapToDouble(m -> m.score(scored)).min().orElse(0);
        double high = members.stream().mapToDouble(m -> m.score(scored)).max().orElse(1);
        double edge = 0.05 * (high - low) + 1e-6;
        List<String[]> columns = new ArrayList<>();
        for (String label : cohort.classes()) {
            for (String level : levels) {
                columns.add(new String[] {label, level});
            }
        }
        Words words = Words.of(cohort, scored);
        Svg svg =
                new Svg(
                                words.title(),
                                new double[] {0, columns.size()},
                                new double[] {low - edge, high + edge})
                        .axes("", words.axis(), false);
        String method = cohort.settings().methods().stream().findFirst().orElse("");
        Random spread = new Random(1);
        for (int c = 0; c < columns.size(); c++) {
            String[] column = columns.get(c);
            svg.name(c + 0.5, words.column(column[0], column[1]));
            double sum = 0;
            int n = 0;
            for (Member m : members) {
                boolean here =
                        cohort.classes().get(m.truth()).equals(column[0])
                                && cohort.level(m).equals(column[1]);
                if (here) {
                    double score = m.score(scored);
                    String map = m.map(method);
                    svg.point(
                            c + 0.5 + 0.5 * (spread.nextDouble() - 0.5),
                            score,
                            Svg.colour(levels.indexOf(column[1])),
                            m.subject().id() + ": " + Html.number(score),
                            map == null ? "" : "maps/" + map);
                    sum += score;
                    n++;
                }
            }
            if (n > 0) {
                svg.line(c + 0.2, sum / n, c + 0.8, sum / n, "#1a1a1a", "");
            }
        }
        return figure(svg, words.caption());
    }

    /** What the scores are called: of a class, or how far a number is off. */
    private record Words(String title, String axis, String caption, boolean number) {

        /** A number has no classes to be told apart. */
        String column(String label, String level) {
            return number && !level.isEmpty() ? level : (label + " " + level).strip();
        }

        static Words of(Cohort cohort, int scored) {
            String name = cohort.classes().get(scored);
            String confound = cohort.settings().confound();
            boolean none = confound.isEmpty();
            if (cohort.outcome().isNumber()) {
                return new Words(
                        "Error of " + name + (none ? "" : " by " + confound),
                        "predicted − true " + name,
                        "How far each subject's number is above the true one (a click opens its map),"
                                + " and the means"
                                + (none
                                        ? "."
                                        : "; levels of "
                                                + confound
                                                + " apart: what should not be."),
                        true);
            }
            return new Words(
                    "Score by class" + (none ? "" : " and " + confound),
                    "score for " + name,
                    "Score of each subject (a click opens its map) and the means. Classes apart:"
                            + " what the network is for"
                            + (none
                                    ? "."
                                    : "; levels of "
                                            + confound
                                            + " apart within a class: what it should not see."),
                    false);
        }
    }

    /** Each subject a point, the predicted number over the true one. */
    static String numbers(Cohort cohort) {
        List<Member> members = cohort.asked().stream().filter(m -> m.truth() >= 0).toList();
        double[] all =
                members.stream()
                        .flatMapToDouble(m -> DoubleStream.of(m.label(), m.number()))
                        .toArray();
        double low = Arrays.stream(all).min().orElse(0);
        double high = Arrays.stream(all).max().orElse(1);
        double edge = 0.05 * (high - low) + 1e-6;
        double[] span = {low - edge, high + edge};
        String name = cohort.classes().get(0);
        String confound = cohort.settings().confound();
        List<String> levels = confound.isEmpty() ? List.of("") : cohort.confound().all();
        Svg svg =
                new Svg("Predicted and true " + name, span, span)
                        .axes("true " + name, "predicted " + name, true)
                        .line(span[0], span[0], span[1], span[1], "#888", "4 3");
        String method = cohort.settings().methods().stream().findFirst().orElse("");
        for (Member m : members) {
            String map = m.map(method);
            svg.point(
                    m.label(),
                    m.number(),
                    Svg.colour(Math.max(0, levels.indexOf(cohort.level(m)))),
                    m.subject().id() + ": " + Html.number(m.number()),
                    map == null ? "" : "maps/" + map);
        }
        return figure(
                svg,
                "Each subject's number; on the line it is the true one"
                        + (confound.isEmpty()
                                ? "."
                                : "; colours are the levels of " + confound + ", as beside it."));
    }

    private static String figure(Svg svg, String caption) {
        return "<figure>" + svg + Html.tag("figcaption", caption) + "</figure>\n";
    }
}
