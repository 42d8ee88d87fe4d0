/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.report;

import ij.ImagePlus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sc.fiji.attribution.cohort.bias.ChannelGaps;
import sc.fiji.attribution.cohort.bias.ChannelSplit;
import sc.fiji.attribution.cohort.bias.ConfoundTest;
import sc.fiji.attribution.cohort.bias.Evidence;
import sc.fiji.attribution.cohort.bias.Verdict;
import sc.fiji.attribution.cohort.run.BiasEvidence;
import sc.fiji.attribution.cohort.run.Cohort;
import sc.fiji.attribution.cohort.run.CohortResult;
import sc.fiji.attribution.cohort.run.Performance;
import sc.fiji.attribution.cohort.statistics.Estimate;
import sc.fiji.attribution.cohort.table.Levels;
import sc.fiji.attribution.core.AttributionException;
import sc.fiji.attribution.fiji.file.ImageFile;
import sc.fiji.attribution.fiji.geometry.ImageGeometry;
import sc.fiji.attribution.fiji.overlay.Overlay;
import sc.fiji.attribution.fiji.overlay.OverlayPicture;
import sc.fiji.attribution.fiji.storage.WholeFile;

/**
 * The report of a run: one HTML file with all that it shows in it, but for the subjects' maps,
 * which it links to beside it.
 */
public final class Report {

    /** More lines of a table are in the CSV file only. */
    private static final int MOST_ROWS = 40;

    private final CohortResult result;
    private final Cohort cohort;
    private final StringBuilder page = new StringBuilder();

    private Report(CohortResult result) {
        this.result = result;
        this.cohort = result.cohort();
    }

    /**
     * Writes {@code report.html} into the run's folder, wholly or not at all.
     *
     * @return the file
     */
    public static Path write(CohortResult result) {
        Path file = result.folder().path().resolve("report.html");
        byte[] bytes = new Report(result).text().getBytes(StandardCharsets.UTF_8);
        WholeFile.at(file.toString()).write(out -> out.write(bytes));
        return file;
    }

    private String text() {
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
                .append("<title>Attribution of a cohort</title><style>")
                .append(resource("report.css"))
                .append("</style></head><body>\n");
        page.append(Html.tag("h1", "What does the network decide by?"));
        page.append(
                Html.tag(
                        "p class=\"faint\"",
                        String.format(
                                Locale.ROOT,
                                "Table %s. %s",
                                cohort.table().file().getFileName(),
                                result.summary())));
        verdict();
        performance();
        maps();
        page.append(EvaluationPage.in(result.folder().path()));
        tables();
        channels();
        exploration();
        failures();
        methods();
        page.append("<script>").append(resource("viewer.js")).append("</script></body></html>\n");
        return page.toString();
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
                            e.test(),
                            e.verdict(),
                            Html.number(e.statistic()),
                            interval(e.low(), e.high()),
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

    private static String interval(double low, double high) {
        return Double.isNaN(low) ? "" : Html.number(low) + " to " + Html.number(high);
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
                                                interval(e.low(), e.high()),
                                                "" + e.n())));
        page.append("<div class=\"charts\">");
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
        confusion(main.getValue());
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
                                for (String metric : List.of("accuracy", "AUC")) {
                                    Estimate e =
                                            performance
                                                    .metrics()
                                                    .getOrDefault(metric, Estimate.none(0));
                                    row.add(
                                            Html.number(e.value())
                                                    + (Double.isNaN(e.low())
                                                            ? ""
                                                            : " ("
                                                                    + interval(e.low(), e.high())
                                                                    + ")"));
                                }
                                rows.add(row);
                            }
                        });
        if (!rows.isEmpty()) {
            page.append(Html.table(List.of("group", "n", "accuracy", "AUC"), rows));
        }
    }

    private void maps() {
        page.append(Html.tag("h2", "Maps over subjects"));
        result.notes().forEach(note -> page.append(Html.tag("p", note)));
        if (result.images().isEmpty()) {
            return;
        }
        page.append(
                Html.tag(
                        "p",
                        "Red argues for the target, blue against it, over the first subject's"
                                + " image. Maps are "
                                + (cohort.settings().normalise()
                                        ? "divided by their total absolute value each."
                                        : "signed and not scaled.")
                                + " Differences and t are those of the first group named minus"
                                + " the second."));
        ImagePlus background = background();
        Map<String, ImagePlus> shown = new LinkedHashMap<>();
        for (Map.Entry<String, String> image : result.images().entrySet()) {
            String title = image.getKey();
            boolean p = title.matches(".* p(-tfce)?");
            if (p || title.endsWith("standard-deviation")) {
                continue;
            }
            ImagePlus map =
                    ImageFile.open(result.folder().path().resolve(image.getValue()).toString());
            shown.put(title, map);
            if (background != null) {
                boolean argues = !title.matches(".* (difference|t)");
                figure(background, map, argues, title, image.getValue());
            }
        }
        if (background != null) {
            page.append(Html.tag("h3", "Look around"));
            page.append(Volumes.viewer(background, shown, result.atlas(background)));
        }
    }

    private ImagePlus background() {
        return background(
                ImageFile.open(
                        result.folder()
                                .path()
                                .resolve(result.images().values().iterator().next())
                                .toString()));
    }

    /** The image of the first subject on the grid of a group's map, in one channel. */
    private ImagePlus background(ImagePlus grid) {
        for (Cohort.Member member : cohort.asked()) {
            try {
                ImagePlus image =
                        ImageFile.open(
                                member.subject().images().values().iterator().next().toString());
                if (ImageGeometry.sameGrid(image, grid)) {
                    return image;
                }
            } catch (AttributionException e) {
                continue; // it was there when the maps were made; the next will do
            }
        }
        return null;
    }

    private void tables() {
        page.append(GroupTables.clusters(result.clusters()));
        page.append(GroupTables.regions(result.regionTests()));
    }

    private static List<List<String>> some(List<List<String>> rows) {
        return rows.subList(0, Math.min(MOST_ROWS, rows.size())).stream()
                .map(row -> row.stream().map(Html::shortened).toList())
                .toList();
    }

    private void channels() {
        result.bias().channels().filter(gaps -> !gaps.splits().isEmpty()).ifPresent(this::channels);
    }

    private void channels(ChannelGaps gaps) {
        page.append(Html.tag("h2", "Where the score's use of it sits"));
        ChannelSplit first = gaps.splits().get(0);
        page.append(
                Html.tag(
                        "p",
                        String.format(
                                Locale.ROOT,
                                "Channel %d of %s carries %.0f %% of the %s gap and %.0f %% of the"
                                        + " class gap. %s",
                                first.channel(),
                                gaps.layer(),
                                100 * first.confoundShare(),
                                cohort.settings().confound(),
                                100 * first.classShare(),
                                switch (gaps.by()) {
                                    case WEIGHT ->
                                            "The head is linear on pooled features, so the parts,"
                                                    + " weight times difference, add up to the"
                                                    + " gaps.";
                                    case CONDUCTANCE ->
                                            "Parts are Layer Conductance from black; they add up"
                                                    + " to the gaps but for the error of its"
                                                    + " integral.";
                                    case HINT ->
                                            "The parts (gradient × activation) do not add up to"
                                                    + " the score here: read them as a hint.";
                                })));
        List<List<String>> rows = new ArrayList<>();
        for (ChannelSplit c : gaps.splits().subList(0, Math.min(12, gaps.splits().size()))) {
            rows.add(
                    List.of(
                            "" + c.channel(),
                            Html.number(c.classGap()),
                            Html.number(c.classShare()),
                            Html.number(c.confoundGap()),
                            Html.number(c.confoundShare())));
        }
        page.append(
                Html.table(
                        List.of(
                                "channel",
                                "class gap",
                                "its share",
                                cohort.settings().confound() + " gap",
                                "its share"),
                        rows));
        gaps.images().forEach((channel, file) -> channelMean(gaps.layer(), channel, file));
    }

    private void channelMean(String layer, int channel, String file) {
        ImagePlus mean = ImageFile.open(result.folder().path().resolve(file).toString());
        ImagePlus background = background(mean);
        if (background != null) {
            figure(background, mean, false, layer + "[" + channel + "], mean activation", file);
        }
    }

    private void figure(
            ImagePlus background, ImagePlus map, boolean argues, String title, String file) {
        page.append("<figure>")
                .append(
                        Volumes.picture(
                                OverlayPicture.of(Overlay.of(background, map))
                                        .slices(6)
                                        .argues(argues)
                                        .caption(title)
                                        .draw(),
                                title))
                .append(Html.tag("figcaption", title + " (" + file + ")"))
                .append("</figure>\n");
    }

    private void exploration() {
        if (result.exploration().rows().isEmpty()) {
            return;
        }
        page.append(Html.tag("h2", "Exploration: maps that are alike"));
        page.append(
                Html.tag(
                        "p",
                        "Spectral clustering of normalised, coarse maps. This is no evidence of"
                                + " bias: in simulated cohorts clusters followed the site in 47 %"
                                + " of innocent networks."));
        page.append(Html.table(result.exploration().header(), some(result.exploration().rows())));
    }

    private void failures() {
        Map<String, String> failures = cohort.failures();
        if (failures.isEmpty()) {
            return;
        }
        page.append(Html.tag("h2", "Failures"));
        List<List<String>> rows = new ArrayList<>();
        failures.forEach((id, error) -> rows.add(List.of(id, error)));
        page.append(
                Html.table(
                        List.of("id", "error"), rows.subList(0, Math.min(MOST_ROWS, rows.size()))));
    }

    private void methods() {
        page.append(Html.tag("h2", "Methods"));
        page.append(resource("methods.html"));
        page.append(Html.tag("h2", "Parameters"));
        List<List<String>> rows = new ArrayList<>();
        cohort.settings().toMap().forEach((key, value) -> rows.add(List.of(key, value)));
        page.append(Html.table(List.of("key", "value"), rows));
        page.append(
                Html.tag(
                        "p class=\"faint\"",
                        "All numbers are in the tables beside this page; run.json has the hashes of"
                                + " model and table, and the state of each subject."));
    }

    private static String resource(String name) {
        try (InputStream in = Report.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
