/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sc.fiji.attribution.core.Attribution;
import sc.fiji.attribution.testing.Npy;
import sc.fiji.attribution.testing.Resources;

/** Sampled values against the exact ones, on the game that regions of a real image play. */
class SampledValuesTest {

    private static final int SEEDS = 40;

    private final Map<String, Npy> golden =
            Npy.readAll(Resources.bundled("golden/ms3d").resolve("regions.npz"));

    /** Twelve regions of a real image; a value for each of the 4,096 sets. */
    private final GameClassifier real =
            new GameClassifier(
                    12,
                    row -> {
                        int set = 0;
                        for (int i = 0; i < 12; i++) {
                            set |= row[i] > 0.5 ? 1 << i : 0;
                        }
                        return golden.get("coalition_values").values()[2 * set + 1];
                    });

    @Test
    void exactOnTheSameGame() {
        assertArrayEquals(
                golden.get("shapley_exact_1").values(),
                GameClassifier.values(real.play("Shapley Values")),
                1e-5);
        Attribution kernel = real.play("KernelSHAP");
        assertEquals("all", kernel.findings().get("coalitions"));
        assertArrayEquals(
                golden.get("shapley_exact_1").values(), GameClassifier.values(kernel), 1e-5);
        assertArrayEquals(
                golden.get("banzhaf_exact_1").values(),
                GameClassifier.values(real.play("Banzhaf Values")),
                1e-5);
    }

    @ParameterizedTest
    @CsvSource({
        "Shapley Sampling, permutations, 200, Shapley Values",
        "KernelSHAP, coalitions, 1000, Shapley Values",
        "Banzhaf Values, coalitions, 1000, Banzhaf Values"
    })
    void withinThreeStandardErrors(String method, String key, String count, String exact) {
        double[] expected = GameClassifier.values(real.play(exact));
        int within = 0;
        int all = 0;
        double meanSquare = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Attribution found = real.play(method, key, count, "seed", "" + seed);
            for (int i = 0; i < expected.length; i++) {
                double error = found.regions().get(i).standardError().getAsDouble();
                double off = Math.abs(found.regions().get(i).value() - expected[i]);
                // Values are float32 logits, so differences below this are rounding.
                within += off <= 3 * error + 1e-6 ? 1 : 0;
                meanSquare += off * off / (error * error);
                all++;
            }
        }
        System.out.printf(
                "%s, %s %s: %d of %d values within three standard errors, rms %.2f of them%n",
                method, count, key, within, all, Math.sqrt(meanSquare / all));
        assertTrue(within >= 0.99 * all, within + " of " + all);
        // Errors that are far too large would pass the test above.
        double rms = Math.sqrt(meanSquare / all);
        assertTrue(rms > 0.7 && rms < 1.3, "rms " + rms);
    }

    @Test
    void stopsAtTheTolerance() {
        Attribution coarse =
                real.play("Shapley Sampling", "tolerance", "0.05", "permutations", "100000");
        Attribution fine =
                real.play("Shapley Sampling", "tolerance", "0.0005", "permutations", "100000");
        assertEquals("at the tolerance", fine.findings().get("stopped"));
        assertTrue(fine.passes() > coarse.passes());
        double allowed = 0.0005 * Math.abs(fine.score() - empty());
        fine.regions().forEach(r -> assertTrue(r.standardError().getAsDouble() <= allowed));
        Attribution never = real.play("Shapley Sampling", "tolerance", "0", "permutations", "100");
        assertEquals("100", never.findings().get("permutations"));
        assertEquals(2 + 100 * 11, never.passes());
    }

    private double empty() {
        return golden.get("coalition_values").values()[1];
    }

    @ParameterizedTest
    @ValueSource(strings = {"Shapley Sampling", "KernelSHAP", "Banzhaf Values", "LIME"})
    void seedsAreRecordedAndRepeatable(String method) {
        String key = method.equals("Shapley Sampling") ? "permutations" : "coalitions";
        Attribution first = real.play(method, key, "64", "seed", "5");
        Attribution again = real.play(method, key, "64", "seed", "5", "batch", "7");
        Attribution other = real.play(method, key, "64", "seed", "6");
        assertEquals("5", first.options().get("seed"));
        assertArrayEquals(GameClassifier.values(first), GameClassifier.values(again));
        assertTrue(GameClassifier.values(first)[3] != GameClassifier.values(other)[3]);
    }

    /** Shapley values of games that everybody can work out. */
    @Test
    void smallGames() {
        GameClassifier gloves =
                new GameClassifier(3, r -> Math.min(1, r[0]) * Math.max(r[1], r[2]));
        assertArrayEquals(
                new double[] {2 / 3.0, 1 / 6.0, 1 / 6.0},
                GameClassifier.values(gloves.play("Shapley Values")),
                1e-6);
        assertArrayEquals(
                new double[] {3 / 4.0, 1 / 4.0, 1 / 4.0},
                GameClassifier.values(gloves.play("Banzhaf Values")),
                1e-6);
        assertArrayEquals(
                new double[] {1, 0, 0},
                GameClassifier.values(gloves.play("Feature Ablation")),
                1e-6);
        GameClassifier alone = new GameClassifier(1, r -> 5 * r[0]);
        for (String method :
                new String[] {
                    "Shapley Values", "Shapley Sampling", "KernelSHAP", "Banzhaf Values", "LIME"
                }) {
            double[] values = GameClassifier.values(alone.play(method, penalty(method)));
            assertArrayEquals(new double[] {5}, values, 1e-5, method);
        }
    }

    private static String[] penalty(String method) {
        return method.equals("LIME") ? new String[] {"penalty", "0"} : new String[0];
    }

    @Test
    void lassoDropsWhatDoesNotMatter() {
        GameClassifier sparse = new GameClassifier(8, r -> 3 * r[2] - 2 * r[5] + 0.01 * r[7]);
        double[] values =
                GameClassifier.values(
                        sparse.play(
                                "LIME",
                                "regression",
                                "lasso",
                                "penalty",
                                "0.05",
                                "kernel",
                                "none"));
        for (int i = 0; i < 8; i++) {
            if (i == 2 || i == 5) {
                // Soft thresholding by penalty / variance, and the variance of a coin is 1/4.
                assertEquals(i == 2 ? 2.8 : -1.8, values[i], 0.03);
            } else {
                assertEquals(0, values[i], 1e-9);
            }
        }
    }
}
