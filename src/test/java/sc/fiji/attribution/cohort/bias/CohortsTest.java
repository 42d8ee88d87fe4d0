/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.bias;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The statistics on the scores of small networks whose training is known, against figures computed
 * in Python; needs {@code ../shared/cohorts}. p-values come within four Monte Carlo standard errors
 * of the exact ones.
 */
class CohortsTest {

    private static final Path COHORTS = Path.of("..", "shared", "cohorts");

    @BeforeAll
    static void needsCohorts() {
        assumeTrue(Files.isDirectory(COHORTS), "no folder ../shared/cohorts");
    }

    private static JsonObject expected(String cohort) throws IOException {
        return JsonParser.parseString(Files.readString(COHORTS.resolve(cohort + "/expected.json")))
                .getAsJsonObject();
    }

    private static List<Score> scores(JsonObject expected, String split) {
        List<Score> scores = new ArrayList<>();
        expected.getAsJsonObject("subjects")
                .entrySet()
                .forEach(
                        entry -> {
                            JsonObject subject = entry.getValue().getAsJsonObject();
                            if (subject.get("split").getAsString().equals(split)) {
                                scores.add(
                                        new Score(
                                                entry.getKey(),
                                                subject.get("label").getAsString(),
                                                subject.get("site").getAsString(),
                                                subject.get("score").getAsDouble()));
                            }
                        });
        return scores;
    }

    @ParameterizedTest
    @CsvSource({
        "c01, no sign of it",
        "c04, uses the signature strongly",
        "c07, uses the signature"
    })
    void mainTestAndPairings(String cohort, String verdict) throws IOException {
        JsonObject figures = expected(cohort).getAsJsonObject("statistics");
        List<Score> scores = scores(expected(cohort), "test");
        ConfoundTest test = ConfoundTest.of(scores, 1);
        assertEquals(48, test.n());
        assertEquals(figures.get("G").getAsDouble(), test.gap(), 1e-9);
        assertEquals(figures.get("class_difference").getAsDouble(), test.classGap(), 1e-9);
        assertEquals(figures.get("share").getAsDouble(), test.share(), 1e-9);
        requireClose(figures.get("exact_p").getAsDouble(), test.p());
        assertEquals(verdict, test.evidence().verdict());

        List<Evidence> pairings =
                Pairings.of(
                        scores,
                        score -> score.value() > 0 == score.label().equals("patient"),
                        List.of());
        assertEquals("accuracy, patient at A and control at B", pairings.get(0).test());
        assertEquals(
                figures.get("accuracy_as_trained").getAsDouble(),
                pairings.get(0).statistic(),
                1e-12);
        assertEquals(
                figures.get("accuracy_reversed").getAsDouble(), pairings.get(1).statistic(), 1e-12);
        requireOneStory(pairings);
    }

    /** Of pairings that nobody knows the training of, none is better without a difference. */
    private static void requireOneStory(List<Evidence> pairings) {
        boolean differ = pairings.get(2).low() > 0;
        boolean first = pairings.get(0).statistic() >= pairings.get(1).statistic();
        String none = "no difference shown";
        assertEquals(differ ? "differs" : none, pairings.get(2).verdict());
        assertEquals(differ ? first ? "higher" : "lower" : none, pairings.get(0).verdict());
        assertEquals(differ ? first ? "lower" : "higher" : none, pairings.get(1).verdict());
    }

    @ParameterizedTest
    @CsvSource({"c01", "c04", "c07"})
    void twins(String cohort) throws IOException {
        JsonObject expected = expected(cohort);
        Map<String, Score> byId = new LinkedHashMap<>();
        scores(expected, "test").forEach(score -> byId.put(score.id(), score));
        List<Twins.Pair> pairs = new ArrayList<>();
        for (Score twin : scores(expected, "twin")) {
            pairs.add(Twins.Pair.of(twin, byId.get(twin.id().replace("_twin", ""))));
        }
        Evidence shift = Twins.of(pairs);
        assertEquals(10, shift.n());
        assertEquals(
                expected.getAsJsonObject("statistics")
                        .get("twin_shift_mean_A_minus_B")
                        .getAsDouble(),
                shift.statistic(),
                1e-9);
    }

    /** 150 tables: gap, share and p of each; none of the null tables has a large share. */
    @Test
    void tablesWithoutImages() throws IOException {
        Map<String, List<Score>> tables = new LinkedHashMap<>();
        for (String line : rows("nulls.csv")) {
            String[] cells = line.split(",");
            tables.computeIfAbsent(cells[0], key -> new ArrayList<>())
                    .add(new Score(cells[1], cells[2], cells[3], Double.parseDouble(cells[4])));
        }
        int falseAlarms = 0;
        int nulls = 0;
        int found = 0;
        int alternatives = 0;
        for (String line : rows("nulls_expected.csv")) {
            String[] cells = line.split(",");
            ConfoundTest test = ConfoundTest.of(tables.get(cells[0]), Long.parseLong(cells[0]));
            assertEquals(Double.parseDouble(cells[4]), test.gap(), 1e-9, line);
            assertEquals(Double.parseDouble(cells[6]), test.share(), 1e-9, line);
            requireClose(Double.parseDouble(cells[7]), test.p());
            boolean significant = test.p() <= 0.05;
            if (cells[1].equals("null")) {
                nulls++;
                falseAlarms += significant ? 1 : 0;
            } else {
                alternatives++;
                found += significant ? 1 : 0;
            }
        }
        assertEquals(100, nulls);
        assertEquals(50, alternatives);
        assertTrue(falseAlarms <= 10, falseAlarms + " of 100 null tables are significant");
        assertTrue(found >= 36, found + " of 50 tables with an effect are significant");
    }

    private static List<String> rows(String file) throws IOException {
        List<String> lines = Files.readAllLines(COHORTS.resolve(file));
        return lines.subList(1, lines.size());
    }

    private static void requireClose(double exact, double p) {
        int n = ConfoundTest.PERMUTATIONS;
        // The true order is counted, so p is a little above the exact one.
        double expected = (1 + n * exact) / (1 + n);
        double error = Math.sqrt(exact * (1 - exact) / n);
        assertEquals(expected, p, 4 * error + 1e-9, "exact p " + exact);
    }
}
