/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import sc.fiji.attribution.cohort.run.Cohort;
import sc.fiji.attribution.cohort.run.CohortResult;
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
        page.append(BiasSection.of(result));
        page.append(PerformanceSection.of(result));
        page.append(MapSection.of(result));
        page.append(EvaluationPage.in(result.folder().path()));
        tables();
        page.append(ChannelSection.of(result));
        exploration();
        failures();
        methods();
        page.append("<script>").append(resource("viewer.js")).append("</script></body></html>\n");
        return page.toString();
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
        List<List<String>> rows = result.exploration().rows();
        int[] said =
                IntStream.range(0, result.exploration().header().size())
                        .filter(i -> rows.stream().anyMatch(row -> !row.get(i).isEmpty()))
                        .toArray();
        page.append(
                Html.table(
                        of(result.exploration().header(), said),
                        some(rows).stream().map(row -> of(row, said)).toList()));
    }

    private static List<String> of(List<String> row, int[] columns) {
        return Arrays.stream(columns).mapToObj(row::get).toList();
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
