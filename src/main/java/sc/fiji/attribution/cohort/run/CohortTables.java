/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sc.fiji.attribution.cohort.bias.ChannelGaps;
import sc.fiji.attribution.cohort.bias.Evidence;
import sc.fiji.attribution.cohort.run.Cohort.Member;
import sc.fiji.attribution.cohort.statistics.FalseDiscovery;
import sc.fiji.attribution.cohort.statistics.TwoGroups;
import sc.fiji.attribution.cohort.table.CsvFile;
import sc.fiji.attribution.cohort.table.Levels;
import sc.fiji.attribution.cohort.table.Subject;

/** The tables of a run; scripts rely on their headings. */
final class CohortTables {

    /** Fewer subjects of a group are not tested. */
    private static final int FEWEST = 3;

    private CohortTables() {}

    static CsvFile predictions(Cohort cohort) {
        List<String> header = new ArrayList<>(List.of("id", "label", "predicted"));
        boolean number = cohort.outcome().isNumber();
        List<String> classes = number ? List.of() : cohort.classes();
        classes.forEach(name -> header.add("probability:" + name));
        classes.forEach(name -> header.add("logit:" + name));
        header.add("split");
        header.addAll(cohort.groups());
        header.add("error");
        CsvFile table = new CsvFile(header);
        for (int i = 0; i < cohort.results().size(); i++) {
            Subject subject = cohort.table().subjects().get(i);
            SubjectResult result = cohort.results().get(i);
            List<Object> row = new ArrayList<>(List.of(subject.id(), subject.label()));
            if (result.ok()) {
                Member member = new Member(subject, result, -1, cohort.outcome());
                row.add(
                        number
                                ? Double.toString(member.number())
                                : classes.get(member.predicted()));
                for (int k = 0; k < classes.size(); k++) {
                    row.add(result.probabilities()[k]);
                }
                for (int k = 0; k < classes.size(); k++) {
                    row.add(Float.toString(result.logits()[k]));
                }
            } else {
                for (int k = 0; k < 1 + 2 * classes.size(); k++) {
                    row.add("");
                }
            }
            row.add(subject.split());
            cohort.groups().forEach(group -> row.add(subject.cell(group)));
            row.add(result.error());
            table.add(row);
        }
        return table;
    }

    /** By split, and within each by the values of each group column. */
    static Map<List<String>, Performance> performance(Cohort cohort) {
        Map<List<String>, Performance> all = new LinkedHashMap<>();
        Set<String> splits = new LinkedHashSet<>();
        cohort.table().subjects().forEach(subject -> splits.add(subject.split()));
        for (String split : splits) {
            List<Member> members = cohort.inSplit(split);
            all.put(List.of(split, "", ""), Performance.of(members, cohort.outcome()));
            for (String group : cohort.groups()) {
                Levels levels = cohort.levels(group);
                for (String value : levels.all()) {
                    List<Member> there =
                            members.stream()
                                    .filter(m -> levels.of(m.subject()).equals(value))
                                    .toList();
                    all.put(List.of(split, group, value), Performance.of(there, cohort.outcome()));
                }
            }
        }
        all.values().removeIf(performance -> performance.n() == 0);
        return all;
    }

    static CsvFile performance(Map<List<String>, Performance> all, List<String> classes) {
        CsvFile table =
                new CsvFile(
                        List.of(
                                "split",
                                "group",
                                "value",
                                "metric",
                                "estimate",
                                "low",
                                "high",
                                "n"));
        all.forEach(
                (where, performance) -> {
                    performance
                            .metrics()
                            .forEach(
                                    (metric, e) -> {
                                        List<Object> row = new ArrayList<>(where);
                                        row.addAll(
                                                List.of(
                                                        metric, e.value(), e.low(), e.high(),
                                                        e.n()));
                                        table.add(row);
                                    });
                    for (int t = 0; t < performance.confusion().length; t++) {
                        for (int p = 0; p < classes.size(); p++) {
                            List<Object> row = new ArrayList<>(where);
                            String cell = classes.get(t) + " called " + classes.get(p);
                            row.addAll(
                                    List.of(
                                            "confusion:" + cell,
                                            (double) performance.confusion()[t][p],
                                            Double.NaN,
                                            Double.NaN,
                                            performance.n()));
                            table.add(row);
                        }
                    }
                });
        return table;
    }

    static CsvFile bias(List<Evidence> evidence) {
        CsvFile table =
                new CsvFile(
                        List.of("test", "statistic", "share", "p", "low", "high", "n", "verdict"));
        for (Evidence e : evidence) {
            table.add(
                    List.of(
                            e.test(),
                            e.statistic(),
                            e.share(),
                            e.p(),
                            e.low(),
                            e.high(),
                            e.n(),
                            e.verdict()));
        }
        return table;
    }

    static CsvFile regions(Cohort cohort) {
        CsvFile table =
                new CsvFile(
                        List.of(
                                "id",
                                "method",
                                "region",
                                "name",
                                "voxels",
                                "volume",
                                "sum",
                                "positive",
                                "negative",
                                "share",
                                "density"));
        for (Member member : cohort.members()) {
            member.result()
                    .maps()
                    .forEach(
                            (method, map) -> {
                                for (SubjectResult.Region r : map.regions()) {
                                    table.add(
                                            List.of(
                                                    member.subject().id(),
                                                    method,
                                                    r.region(),
                                                    r.name(),
                                                    r.voxels(),
                                                    r.volume(),
                                                    r.sum(),
                                                    r.positive(),
                                                    r.negative(),
                                                    r.share(),
                                                    r.density()));
                                }
                            });
        }
        return table;
    }

    /** One line of the tests of regions; q is corrected over the regions of one comparison. */
    private record Tested(String region, String name, TwoGroups test, int n) {}

    static CsvFile regionTests(Cohort cohort, List<Comparison> comparisons) {
        CsvFile table =
                new CsvFile(
                        List.of(
                                "method",
                                "comparison",
                                "region",
                                "name",
                                "measure",
                                "difference",
                                "low",
                                "high",
                                "t",
                                "p",
                                "q",
                                "n"));
        for (String method : cohort.settings().methods()) {
            for (Comparison comparison : comparisons) {
                for (String measure : List.of("sum", "density")) {
                    List<Tested> tested = tests(cohort, method, comparison, measure);
                    double[] q =
                            FalseDiscovery.adjusted(
                                    tested.stream().mapToDouble(t -> t.test().p()).toArray());
                    for (int i = 0; i < q.length; i++) {
                        Tested t = tested.get(i);
                        table.add(
                                List.of(
                                        method,
                                        comparison.name(),
                                        t.region(),
                                        t.name(),
                                        measure,
                                        t.test().difference(),
                                        t.test().low(),
                                        t.test().high(),
                                        t.test().t(),
                                        t.test().p(),
                                        q[i],
                                        t.n()));
                    }
                }
            }
        }
        return table;
    }

    private static List<Tested> tests(
            Cohort cohort, String method, Comparison comparison, String measure) {
        Map<String, List<double[]>> values = new LinkedHashMap<>(); // group (1 or 0) and value
        Map<String, String> names = new LinkedHashMap<>();
        for (Member member : cohort.asked()) {
            int group = comparison.group().applyAsInt(member);
            SubjectResult.Found map = member.result().maps().get(method);
            if (group < 0 || map == null) {
                continue;
            }
            for (SubjectResult.Region r : map.regions()) {
                names.put(r.region(), r.name());
                values.computeIfAbsent(r.region(), key -> new ArrayList<>())
                        .add(new double[] {group, measure.equals("sum") ? r.sum() : r.density()});
            }
        }
        List<Tested> tested = new ArrayList<>();
        values.forEach(
                (region, rows) -> {
                    double[] a = of(rows, 1);
                    double[] b = of(rows, 0);
                    if (a.length >= FEWEST && b.length >= FEWEST) {
                        tested.add(
                                new Tested(
                                        region,
                                        names.get(region),
                                        TwoGroups.welch(a, b),
                                        rows.size()));
                    }
                });
        return tested;
    }

    private static double[] of(List<double[]> rows, int group) {
        return rows.stream().filter(row -> row[0] == group).mapToDouble(row -> row[1]).toArray();
    }

    /** Where the gaps sit: a row per channel, those first that carry most of the confound gap. */
    static CsvFile channels(Optional<ChannelGaps> gaps) {
        CsvFile file =
                new CsvFile(
                        List.of(
                                "layer",
                                "by",
                                "channel",
                                "class gap",
                                "class share",
                                "confound gap",
                                "confound share",
                                "image"));
        gaps.ifPresent(
                found ->
                        found.splits()
                                .forEach(
                                        split ->
                                                file.add(
                                                        List.of(
                                                                found.layer(),
                                                                found.by(),
                                                                split.channel(),
                                                                split.classGap(),
                                                                split.classShare(),
                                                                split.confoundGap(),
                                                                split.confoundShare(),
                                                                found.images()
                                                                        .getOrDefault(
                                                                                split.channel(),
                                                                                "")))));
        return file;
    }
}
