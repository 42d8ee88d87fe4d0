/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import sc.fiji.attribution.cohort.run.Cohort;
import sc.fiji.attribution.cohort.run.CohortResult;
import sc.fiji.attribution.cohort.run.Performance;
import sc.fiji.attribution.cohort.statistics.Estimate;

/** How well the network does: figures, curves, and the same by group. */
final class PerformanceSection {

    private final CohortResult result;
    private final Cohort cohort;
    private final StringBuilder page = new StringBuilder();

    private PerformanceSection(CohortResult result) {
        this.result = result;
        this.cohort = result.cohort();
    }

    static String of(CohortResult result) {
        PerformanceSection section = new PerformanceSection(result);
        section.performance();
        return section.page.toString();
    }

    private void performance() {
        page.append(Html.tag("h2", "Performance"));
        if (result.performance().isEmpty()) {
            page.append("<p>No subject has a label and a prediction.</p>\n");
            return;
        }
        Map.Entry<List<String>, Performance> main =
                result.performance().entrySet().stream()
                        .filter(e -> e.getKey().get(1).isEmpty())
                        .filter(e -> e.getKey().get(0).equalsIgnoreCase("test"))
                        .findFirst()
                        .orElseGet(() -> result.performance().entrySet().iterator().next());
        String split = main.getKey().get(0);
        if (!split.isEmpty()) {
            page.append(Html.tag("p", "Split: " + split + "."));
        }
        List<List<String>> rows = new ArrayList<>();
        main.getValue()
                .metrics()
                .forEach(
                        (metric, e) ->
                                rows.add(
                                        List.of(
                                                metric,
                                                Html.number(e.value()),
                                                Html.interval(e.low(), e.high()),
                                                "" + e.n())));
        page.append("<div class=\"charts\">");
        if (cohort.outcome().isNumber()) {
            page.append(Charts.numbers(cohort));
        }
        page.append(
                Charts.scores(
                        cohort,
                        result.bias().main().isPresent()
                                ? result.bias().scored()
                                : cohort.scored().orElse(0)));
        main.getValue()
                .roc()
                .forEach(
                        (name, roc) ->
                                page.append(roc.curve().isEmpty() ? "" : Charts.roc(roc, name)));
        main.getValue()
                .calibration()
                .forEach((name, c) -> page.append(Charts.calibration(c, name)));
        page.append("</div>\n");
        page.append(Html.table(List.of("metric", "estimate", "95 % interval", "n"), rows));
        if (!cohort.outcome().isNumber()) {
            confusion(main.getValue());
        }
        groups(split);
    }

    private void confusion(Performance performance) {
        List<String> header = new ArrayList<>(List.of("true class"));
        cohort.classes().forEach(name -> header.add("called " + name));
        List<List<String>> rows = new ArrayList<>();
        for (int t = 0; t < cohort.classes().size(); t++) {
            List<String> row = new ArrayList<>(List.of(cohort.classes().get(t)));
            for (int count : performance.confusion()[t]) {
                row.add("" + count);
            }
            rows.add(row);
        }
        page.append(Html.table(header, rows));
    }

    private void groups(String split) {
        List<String> metrics =
                cohort.outcome().isNumber() ? List.of("MAE", "r") : List.of("accuracy", "AUC");
        List<List<String>> rows = new ArrayList<>();
        result.performance()
                .forEach(
                        (where, performance) -> {
                            if (where.get(0).equals(split) && !where.get(1).isEmpty()) {
                                List<String> row =
                                        new ArrayList<>(
                                                List.of(
                                                        where.get(1) + " " + where.get(2),
                                                        "" + performance.n()));
                                for (String metric : metrics) {
                                    Estimate e =
                                            performance
                                                    .metrics()
                                                    .getOrDefault(metric, Estimate.none(0));
                                    row.add(
                                            Html.number(e.value())
                                                    + (Double.isNaN(e.low())
                                                            ? ""
                                                            : " ("
                                                                    + Html.interval(
                                                                            e.low(), e.high())
                                                                    + ")"));
                                }
                                rows.add(row);
                            }
                        });
        if (!rows.isEmpty()) {
            page.append(Html.table(List.of("group", "n", metrics.get(0), metrics.get(1)), rows));
        }
    }
}
