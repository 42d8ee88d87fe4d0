/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;

/** What a map is held against, where maps of noise all have the same figure, or none. */
class ComparisonTest {

    /** A lesion of two voxels of a thousand, of which the map finds the first few. */
    private static Comparison ofSmallLesion(int found) {
        Tensor map = Tensor.zeros(new Axes("bzyx"), new int[] {1, 10, 10, 10});
        boolean[] mask = new boolean[1000];
        mask[123] = true;
        mask[456] = true;
        map.data()[found > 0 ? 123 : 7] = 1;
        map.data()[found > 1 ? 456 : 8] = 1;
        Trial trial = Trial.of(map, mask);
        Comparison comparison = new Comparison(Metrics.named("Relevance Rank"));
        comparison.add(
                "image",
                Map.of("a", new Comparison.Trials(trial, trial, Tensor.zerosLike(map))),
                Progress.NONE);
        return comparison;
    }

    /** Noise finds none of so small a lesion: all its figures are zero. */
    @Test
    void betterThanEachMapOfNoise() {
        Comparison comparison = ofSmallLesion(1);
        Figure figure = comparison.perImage().get(0);
        assertEquals(0.5, figure.value(), 0);
        assertEquals(new Interval(0, 0), figure.nothing().spread());
        assertTrue(figure.beatsNoise());
        assertTrue(ofSmallLesion(2).perImage().get(0).beatsNoise());
        assertFalse(ofSmallLesion(0).perImage().get(0).beatsNoise());
        // The row of noise shows how little five maps that agree say of others.
        Figure noise =
                comparison.rows().stream()
                        .filter(row -> row.method().equals(Comparison.RANDOM))
                        .findFirst()
                        .orElseThrow();
        assertEquals(0, noise.value(), 0);
        assertTrue(noise.low() == 0 && noise.high() > 0.5, noise + "");
    }

    @Test
    void noiseOfWhichSomeIsNotDefined() {
        double none = Double.NaN;
        NullMaps.Figures some =
                new NullMaps.Figures(new double[] {none, 1, 4, none, 1}, 0, List.of(), List.of());
        assertEquals(2, some.mean(), 0);
        assertEquals(new Interval(1, 4), some.spread());
        NullMaps.Figures all =
                new NullMaps.Figures(new double[] {none, none}, 0, List.of(), List.of());
        assertEquals(none, all.mean(), 0);
        assertEquals(Interval.NONE, all.spread());
    }

    /** Families leave out what cannot be had; names do not. */
    @Test
    void metricsWithoutWhatTheyNeed() {
        Set<Need> absent = Set.of(Need.REGIONS);
        Metric parts = Metrics.named("Region Deletion").get(0);
        assertTrue(Metrics.named("all").contains(parts));
        assertFalse(Metrics.named("all", absent).contains(parts));
        assertFalse(Metrics.named("", absent).contains(parts));
        List<Metric> family = Metrics.named("faithfulness", absent);
        assertFalse(family.contains(parts));
        assertEquals(Metrics.named("faithfulness").size() - 2, family.size());
        List<Metric> named = Metrics.named("faithfulness, region deletion", absent);
        assertTrue(named.contains(parts));
        assertEquals(family.size() + 1, named.size());
    }
}
