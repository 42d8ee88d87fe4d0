/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.bias;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How often the main test is right: cohorts of subjects and scanners of their own, made by the
 * simulator, and a network trained on each. The shares that the verdict asks for were chosen on
 * other cohorts. {@code cohort/trained.csv} has the scores of the 48 subjects of each audit; {@code
 * src/test/python/studies/cohorts.py} makes it.
 */
@Tag("long")
class TrainedCohortsTest {

    private static final Map<String, List<ConfoundTest>> BY_TRUTH = new TreeMap<>();

    @BeforeAll
    static void test() throws IOException {
        Map<String, List<Score>> cohorts = new TreeMap<>();
        try (InputStream in = TrainedCohortsTest.class.getResourceAsStream("/cohort/trained.csv")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split(","))
                    .forEach(
                            cells ->
                                    cohorts.computeIfAbsent(cells[0], any -> new ArrayList<>())
                                            .add(
                                                    new Score(
                                                            cells[1],
                                                            cells[2],
                                                            cells[3],
                                                            Double.parseDouble(cells[4]))));
        }
        cohorts.forEach(
                (name, scores) -> {
                    assertEquals(48, scores.size(), name);
                    String truth = name.replaceAll("-.*", "");
                    ConfoundTest test = ConfoundTest.of(scores, 1);
                    System.out.printf(
                            "%s: share %.2f, p %.4f, %s%n",
                            name, test.share(), test.p(), test.verdict());
                    BY_TRUTH.computeIfAbsent(truth, any -> new ArrayList<>()).add(test);
                });
        BY_TRUTH.forEach(
                (truth, tests) ->
                        System.out.printf(
                                "%s: %d of %d with p <= 0.05, %d use the signature, %d of them"
                                        + " strongly%n",
                                truth,
                                tests.stream().filter(t -> t.p() <= 0.05).count(),
                                tests.size(),
                                used(tests),
                                tests.stream()
                                        .filter(t -> t.verdict() == Verdict.STRONGLY)
                                        .count()));
    }

    private static long used(List<ConfoundTest> tests) {
        return tests.stream()
                .filter(t -> t.verdict() == Verdict.STRONGLY || t.verdict() == Verdict.USES)
                .count();
    }

    @Test
    void biasedNetworksAreFound() {
        List<ConfoundTest> biased = BY_TRUTH.get("biased");
        assertTrue(used(biased) >= 0.95 * biased.size());
    }

    @Test
    void cleanNetworksAreNotAccused() {
        List<ConfoundTest> clean = BY_TRUTH.get("clean");
        assertTrue(used(clean) <= 0.05 * clean.size());
    }
}
