/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.evaluation.complexity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Progress;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.method.evaluation.Metrics;
import sc.fiji.attribution.method.evaluation.Trial;
import sc.fiji.attribution.method.evaluation.localisation.QuantusScores;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/** Closed forms, and Quantus' figures. */
class ComplexityTest {

    private static double of(String name, float... values) {
        Tensor map = new Tensor(new Axes("byx"), new int[] {1, 1, values.length}, values);
        return Metrics.named(name).get(0).evaluate(Trial.of(map, null), Progress.NONE).value();
    }

    @Test
    void closedForms() {
        assertEquals(0, of("Sparseness", 2, -2, 2, -2), 1e-12);
        assertEquals(0.75, of("Sparseness", 0, 0, -3, 0), 1e-12);
        assertEquals(Math.log(4), of("Entropy", 2, -2, 2, -2), 1e-12);
        assertEquals(0, of("Entropy", 0, 0, -3, 0), 1e-12);
        assertEquals(0.5, of("Effective Complexity", 1, -1, 0.009f, 0), 1e-12);
        assertTrue(Double.isNaN(of("Sparseness", 0, 0)));
        assertTrue(Double.isNaN(of("Entropy", 0, 0)));
    }

    /** Theirs takes the Gini index of |a|/max + 1e-7, and the logarithm of p + 1e-12. */
    @ParameterizedTest
    @CsvSource({"Sparseness, Sparseness/sum", "Entropy, Complexity/sum"})
    void asQuantusFinds(String name, String theirs) {
        Map<String, Npy> maps = Npy.readAll(Resources.shared("golden/quantus").resolve("maps.npz"));
        for (String key : new String[] {"grad0", "grad1", "ig0", "ig1"}) {
            float[] values = maps.get("sum_" + key).floats();
            assertEquals(QuantusScores.of(theirs, key), of(name, values), 1e-5, key);
        }
    }

    /** Theirs counts; ours is the share of the values. */
    @Test
    void effectiveComplexityAsQuantusFinds() {
        Map<String, Npy> maps = Npy.readAll(Resources.shared("golden/quantus").resolve("maps.npz"));
        for (String key : new String[] {"grad0", "grad1", "ig0", "ig1"}) {
            float[] values = maps.get("sum_" + key).floats();
            double expected = QuantusScores.of("EffectiveComplexity/sum/eps0.01", key);
            assertEquals(expected / values.length, of("Effective Complexity", values), 0, key);
        }
    }
}
