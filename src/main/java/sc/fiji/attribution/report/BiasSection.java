/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import sc.fiji.attribution.cohort.bias.ConfoundTest;
import sc.fiji.attribution.cohort.bias.Evidence;
import sc.fiji.attribution.cohort.bias.Verdict;
import sc.fiji.attribution.cohort.run.BiasEvidence;
import sc.fiji.attribution.cohort.run.Cohort;
import sc.fiji.attribution.cohort.run.CohortResult;
import sc.fiji.attribution.cohort.table.Levels;

/** The answer to the question, and its evidence. */
final class BiasSection {

    private final CohortResult result;
    private final Cohort cohort;
    private final StringBuilder page = new StringBuilder();

    private BiasSection(CohortResult result) {
        this.result = result;
        this.cohort = result.cohort();
    }

    static String of(CohortResult result) {
        BiasSection section = new BiasSection(result);
        section.verdict();
        return section.page.toString();
    }

    private void verdict() {
        BiasEvidence bias = result.bias();
        if (bias.main().isEmpty()) {
            page.append(
                    "<div class=\"verdict\"><p>No confound was named, so whether the network uses a"
                            + " signature of the data was not asked: run again with"
                            + " <code>confound=</code> and a column such as the site.</p></div>\n");
            return;
        }
        ConfoundTest main = bias.main().orElseThrow();
        String confound = cohort.settings().confound();
        boolean uses = main.verdict() == Verdict.USES || main.verdict() == Verdict.STRONGLY;
        String kind = uses ? "uses" : main.verdict() == Verdict.NO_SIGN ? "no" : "";
        page.append("<div class=\"verdict ").append(kind).append("\">");
        page.append("<p><strong>")
                .append(Html.escape(confound + ": " + main.verdict()))
                .append("</strong></p>");
        page.append(Html.tag("p", explanation(main, cohort.confound())));
        page.append("</div>\n");
        List<List<String>> rows = new ArrayList<>();
        for (Evidence e : bias.rows()) {
            rows.add(
                    List.of(
                            test(e),
                            e.verdict(),
                            Html.number(e.statistic()),
                            Html.interval(e.low(), e.high()),
                            Html.number(e.share()),
                            Html.number(e.p()),
                            "" + e.n()));
        }
        page.append(
                Html.table(
                        // What it says is in sight on a phone.
                        List.of("evidence", "says", "size", "95 % interval", "share", "p", "n"),
                        rows));
        page.append(
                Html.tag(
                        "p class=\"faint\"",
                        "The first line is the test; the others stand beside it. A map that lies on"
                                + " the lesions acquits nobody: in 8 of 15 networks that were trained"
                                + " on fully biased cohorts maps still followed the lesions. Nor does"
                                + " finding the site in maps or hidden features convict: it is found"
                                + " in innocent networks too."));
    }

    /** A number has no classes: what is looked at there is how far it is off. */
    private String test(Evidence evidence) {
        return cohort.outcome().isNumber() && evidence.test().equals(ConfoundTest.NAME)
                ? "error by confound"
                : evidence.test();
    }

    private static String explanation(ConfoundTest main, Levels confound) {
        if (main.verdict() == Verdict.CANNOT_BE_TOLD) {
            return "Why: "
                    + main.reason()
                    + ". Levels of "
                    + confound.column()
                    + ": "
                    + confound.description()
                    + ".";
        }
        String numbers =
                String.format(
                        Locale.ROOT,
                        "Within the classes the mean score differs by %s between levels of %s, and"
                                + " by %s between the classes: a share of %s (p = %s, %s"
                                + " within classes, %d subjects). ",
                        Html.number(Math.abs(main.gap())),
                        confound.column() + " (" + confound.description() + ")",
                        Html.number(Math.abs(main.classGap())),
                        Html.number(main.share()),
                        Html.number(main.p()),
                        main.assignments() == ConfoundTest.PERMUTATIONS
                                ? ConfoundTest.PERMUTATIONS + " permutations"
                                : "all " + main.assignments() + " assignments",
                        main.n());
        return numbers
                + switch (main.verdict()) {
                    case STRONGLY, USES ->
                            "The network's decision depends on the "
                                    + confound.column()
                                    + " of an image, not only on its class: its accuracy on data of the same mixture"
                                    + " says little of others.";
                    default ->
                            "No use beyond chance and of a size that matters was seen. That is no"
                                    + " proof of innocence in a small cohort.";
                };
    }
}
