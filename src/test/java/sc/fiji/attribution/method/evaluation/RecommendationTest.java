/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Ranks of figures that are made up, and what is said of them. */
class RecommendationTest {

    private final List<Comparison.Row> rows = new ArrayList<>();

    /** A figure of each image, beside 0.1 for noise and 0.2 for edges. */
    private void figures(String method, String name, int images, IntToDoubleFunction figure) {
        Metric metric = Metrics.named(name).get(0);
        MetricDeclaration.Better better = metric.declaration().better();
        double open = Double.NaN;
        for (int i = 0; i < images; i++) {
            double value = figure.applyAsDouble(i);
            rows.add(
                    new Comparison.Row(
                            "image " + i, method, metric, value, open, open, 0.1, 0.2, better, 0));
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
        assertTrue(reason.startsWith("No map can be believed here: a beats random"), reason);
        figures("b", "Voxel AUC", 3, i -> 0.12);
        figures("b", "Deletion", 3, i -> 0.01);
        assertEquals(Optional.empty(), Recommendation.of(rows).method());
        figures("c", "Voxel AUC", 3, i -> 0.9);
        assertEquals("c", Recommendation.of(rows).method().orElseThrow());
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
