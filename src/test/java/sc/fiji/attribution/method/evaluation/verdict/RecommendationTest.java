/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.method.evaluation.Figure;
import sc.fiji.attribution.method.evaluation.Interval;
import sc.fiji.attribution.method.evaluation.Metric;
import sc.fiji.attribution.method.evaluation.Metrics;

/** Ranks of figures that are made up, and what is said of them. */
class RecommendationTest {

    private final List<Figure> rows = new ArrayList<>();

    /** A figure of each image, beside 0.1 for noise and 0.2 for edges. */
    private void figures(String method, String name, int images, IntToDoubleFunction figure) {
        Metric metric = Metrics.named(name).get(0);
        Figure.Nothing nothing = new Figure.Nothing(0.1, new Interval(0.05, 0.15), 0.2);
        for (int i = 0; i < images; i++) {
            double value = figure.applyAsDouble(i);
            rows.add(new Figure("image " + i, method, metric, value, Interval.NONE, nothing, 0));
        }
    }

    @Test
    void ranksAreOfMetricsThenFamiliesThenAll() {
        figures("a", "Voxel AUC", 2, i -> 0.9);
        figures("b", "Voxel AUC", 2, i -> 0.8);
        figures("c", "Voxel AUC", 2, i -> 0.8);
        figures("a", "Best Dice", 2, i -> i == 0 ? 0.3 : 0.5);
        figures("b", "Best Dice", 2, i -> 0.4);
        figures("c", "Best Dice", 2, i -> Double.NaN);
        // Less is better, and this family has one metric.
        figures("a", "Deletion", 2, i -> 0.05);
        figures("b", "Deletion", 2, i -> 0.01);
        figures("c", "Deletion", 2, i -> 0.02);
        Recommendation advice = Recommendation.of(rows);
        Standing a = standing(advice, "a");
        assertEquals(1, a.metrics().get("Voxel AUC").mean(), 0);
        assertEquals(2.5, standing(advice, "c").metrics().get("Voxel AUC").mean(), 0);
        assertEquals(1.5, a.metrics().get("Best Dice").mean(), 0);
        assertEquals(3, standing(advice, "c").metrics().get("Best Dice").mean(), 0);
        assertEquals(1.25, a.families().get("localisation").mean(), 0);
        assertEquals(3, a.families().get("faithfulness").mean(), 0);
        assertEquals((1.25 + 3) / 2, a.overall().mean(), 1e-12);
        assertEquals(new Standing.Wins(6, 6, 6), a.wins());
        for (Standing standing : advice.standings()) {
            for (Standing.Rank rank : standing.metrics().values()) {
                assertTrue(rank.interval().low() >= 1 && rank.interval().high() <= 3, rank + "");
            }
        }
        assertTrue(advice.reason().contains("2 images: too few"), advice.reason());
    }

    private static Standing standing(Recommendation advice, String method) {
        return advice.standings().stream()
                .filter(each -> each.method().equals(method))
                .findFirst()
                .orElseThrow();
    }

    /** A lead in each of eight images is beyond chance; one in every second is not. */
    @Test
    void whatIsSaidOfALead() {
        figures("a", "Voxel AUC", 8, i -> 0.9);
        figures("b", "Voxel AUC", 8, i -> 0.8);
        String always = Recommendation.of(rows).reason();
        assertTrue(always.contains("a difference beyond chance"), always);
        rows.clear();
        figures("a", "Voxel AUC", 9, i -> i % 2 == 0 ? 0.9 : 0.7);
        figures("b", "Voxel AUC", 9, i -> 0.8);
        String sometimes = Recommendation.of(rows).reason();
        assertTrue(sometimes.contains("within what images differ by"), sometimes);
        rows.clear();
        figures("a", "Voxel AUC", 8, i -> 0.8);
        figures("b", "Voxel AUC", 8, i -> 0.8);
        String never = Recommendation.of(rows).reason();
        assertTrue(never.contains("no difference"), never);
    }

    /** Who loses to maps that know nothing is not taken, even if it ranks first. */
    @Test
    void whatIsNoBetterThanNothing() {
        figures("a", "Voxel AUC", 3, i -> 0.15);
        assertEquals(Optional.empty(), Recommendation.of(rows).method());
        String reason = Recommendation.of(rows).reason();
        assertTrue(reason.startsWith("a: This map should not be believed"), reason);
        assertTrue(reason.contains("no better than random maps"), reason);
        figures("b", "Voxel AUC", 3, i -> 0.12);
        figures("b", "Best Dice", 3, i -> 0.12);
        assertEquals(Optional.empty(), Recommendation.of(rows).method());
        figures("c", "Voxel AUC", 3, i -> 0.9);
        assertEquals("c", Recommendation.of(rows).method().orElseThrow());
    }

    /** One figure of one image neither condemns a map nor makes it true. */
    @Test
    void aSingleFigureDecidesNothing() {
        for (String name : List.of("Voxel AUC", "Best Dice", "Relevance Mass", "Pointing Game")) {
            figures("a", name, 1, i -> 0.9);
        }
        figures("a", "Deletion", 1, i -> 0.9);
        Recommendation advice = Recommendation.of(rows);
        assertEquals("a", advice.method().orElseThrow());
        String reason = advice.reason();
        assertTrue(reason.startsWith("a: The evidence speaks for this map"), reason);
        assertTrue(reason.contains("4 of 4 figures"), reason);
        assertTrue(reason.contains("0 of 1 figure, too few to decide"), reason);
        assertTrue(reason.contains("Not asked: whether it stays the same"), reason);
        assertTrue(reason.contains("One image says nothing of others"), reason);
        rows.clear();
        figures("a", "Voxel AUC", 1, i -> 0.9);
        reason = Recommendation.of(rows).reason();
        assertTrue(reason.startsWith("a: Too little was measured"), reason);
    }

    /** It finds the mask, but what it marks does not matter: neither true nor false. */
    @Test
    void familiesThatContradictEachOther() {
        for (String name : List.of("Voxel AUC", "Best Dice", "Relevance Mass")) {
            figures("a", name, 8, i -> 0.9);
        }
        for (String name : List.of("Deletion", "Sufficiency", "ROAD")) {
            figures("a", name, 8, i -> i == 0 ? 0.01 : 0.5);
        }
        String reason = Recommendation.of(rows).reason();
        assertTrue(reason.startsWith("a: The evidence is divided"), reason);
        String all = "24 of 24 figures; on average 100 % of an image's figures, 95 % interval ";
        assertTrue(reason.contains(all), reason);
        assertTrue(reason.contains("over 8 images"), reason);
        assertTrue(reason.contains("3 of 24 figures; on average 13 %"), reason);
        // A network that may be destroyed without a change tips the balance.
        for (String name : List.of("Cascade SSIM", "Layers SSIM", "Random Logit")) {
            figures("a", name, 8, i -> 0.19);
        }
        reason = Recommendation.of(rows).reason();
        assertTrue(reason.startsWith("a: This map should not be believed"), reason);
        assertTrue(reason.contains("shows the image rather than the network"), reason);
    }

    /** Of the usual five, one that differs turns no verdict around. */
    @Test
    void nearlyAsManyForItAsAgainst() {
        List<String> names =
                List.of("Deletion", "ROAD", "Sufficiency", "Infidelity", "Non-Sensitivity");
        for (int passed = 0; passed <= 5; passed++) {
            rows.clear();
            for (int k = 0; k < 5; k++) {
                double value = k < passed ? 0.01 : 0.5;
                figures("a", names.get(k), 1, i -> value);
            }
            String reason = Recommendation.of(rows).reason();
            String start =
                    passed > 3
                            ? "a: The evidence speaks for this map."
                            : passed < 2
                                    ? "a: This map should not be believed."
                                    : "a: The figures are divided: they do not say";
            assertTrue(reason.startsWith(start), reason);
            assertEquals(passed == 2 || passed == 3, reason.contains("figures, divided)"), reason);
        }
    }

    /** Two of three are enough for a side, as is one of three for the other. */
    @Test
    void twoThirds() {
        figures("a", "Voxel AUC", 3, i -> i == 0 ? 0.12 : 0.9);
        assertEquals(Optional.of("a"), Recommendation.of(rows).method());
        rows.clear();
        figures("a", "Voxel AUC", 3, i -> i == 0 ? 0.9 : 0.12);
        String reason = Recommendation.of(rows).reason();
        assertTrue(reason.startsWith("a: This map should not be believed"), reason);
    }

    /** What is said of the others has to be true of each. */
    @Test
    void noneIsRecommended() {
        for (String name : List.of("Voxel AUC", "Best Dice", "Relevance Mass")) {
            figures("a", name, 2, i -> 0.9);
            figures("b", name, 2, i -> 0.12);
        }
        for (String name : List.of("Deletion", "Sufficiency", "ROAD")) {
            figures("a", name, 2, i -> 0.5);
        }
        String reason = Recommendation.of(rows).reason();
        assertTrue(reason.startsWith("None of these methods should be relied on alone"), reason);
        figures("c", "Voxel AUC", 1, i -> 0.9);
        reason = Recommendation.of(rows).reason();
        assertTrue(reason.startsWith("None of these methods can be recommended."), reason);
        assertTrue(reason.contains("The first, a: it marks the region"), reason);
    }

    /** A map of zeros was asked, and has no answers. */
    @Test
    void figuresThatAreNotDefined() {
        figures("a", "Voxel AUC", 3, i -> Double.NaN);
        figures("a", "Deletion", 3, i -> Double.NaN);
        String reason = Recommendation.of(rows).reason();
        assertTrue(reason.startsWith("a: Too little was measured"), reason);
        assertTrue(
                reason.contains(
                        "Here none of its figures is defined (a map of zeros has none). Not asked:"
                                + " whether it stays the same"),
                reason);
        figures("a", "ROAD", 3, i -> 0.01);
        reason = Recommendation.of(rows).reason();
        assertTrue(reason.startsWith("a: The evidence speaks for this map"), reason);
        assertTrue(
                reason.contains("Not defined: whether it marks the region of a mask. Not asked:"),
                reason);
    }

    /** Edges of an image that is the same everywhere have no likeness: they would not change. */
    @Test
    void randomisationOfNullMapsThatAreNotDefined() {
        Figure.Nothing nothing = new Figure.Nothing(Double.NaN, Interval.NONE, Double.NaN);
        for (String name : List.of("Cascade SSIM", "Layers SSIM", "Random Logit")) {
            Metric metric = Metrics.named(name).get(0);
            rows.add(new Figure("image", "a", metric, 0.4, Interval.NONE, nothing, 0));
            rows.add(new Figure("image", "b", metric, 0.6, Interval.NONE, nothing, 0));
        }
        List<Figure> a = rows.stream().filter(row -> row.method().equals("a")).toList();
        List<Figure> b = rows.stream().filter(row -> row.method().equals("b")).toList();
        String changed = Recommendation.of(a).reason();
        assertTrue(changed.contains("it depends on what the network has learned"), changed);
        String same = Recommendation.of(b).reason();
        assertTrue(same.startsWith("b: This map should not be believed"), same);
    }

    /** Being stable, or depending on the network, is no reason to believe a map. */
    @Test
    void whatIsExpectedOfAnyMapSpeaksForNone() {
        for (String name : List.of("Max Sensitivity", "Average Sensitivity", "Turn Sensitivity")) {
            figures("a", name, 8, i -> 0.01);
        }
        for (String name : List.of("Cascade SSIM", "Layers SSIM", "Random Logit")) {
            figures("a", name, 8, i -> 0.01);
        }
        Recommendation advice = Recommendation.of(rows);
        assertEquals(Optional.empty(), advice.method());
        assertTrue(advice.reason().startsWith("a: Too little was measured"), advice.reason());
    }

    /** Better than the mean of noise, but not by more than noise differs. */
    @Test
    void withinWhatNoiseDiffersBy() {
        figures("a", "Voxel AUC", 3, i -> 0.14);
        figures("a", "Deletion", 3, i -> 0.06);
        assertEquals(Optional.empty(), Recommendation.of(rows).method());
    }

    /** Where the user ended the run, a metric that only some methods have ranks nobody. */
    @Test
    void anUnfinishedContestDoesNotCount() {
        figures("a", "Voxel AUC", 2, i -> 0.9);
        figures("b", "Voxel AUC", 2, i -> 0.8);
        figures("b", "Best Dice", 2, i -> 0.9);
        Recommendation advice = Recommendation.of(rows);
        assertEquals(1, standing(advice, "a").overall().mean(), 0);
        assertEquals(2, standing(advice, "b").overall().mean(), 0);
        assertTrue(standing(advice, "b").metrics().get("Best Dice") == null);
    }

    @Test
    void describingIsNotJudging() {
        figures("a", "Sparseness", 3, i -> 0.9);
        figures("a", "Net Mass", 3, i -> 0.9);
        Recommendation advice = Recommendation.of(rows);
        assertEquals(Optional.empty(), advice.method());
        assertTrue(advice.reason().startsWith("No recommendation"), advice.reason());
    }
}
