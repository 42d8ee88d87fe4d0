/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Against figures of SciPy and scikit-learn, made by reference.py beside them. */
class ReferenceTest {

    private static final double EXACT = 1e-10;

    private static final class Figures {
        boolean[] positive;
        double[] scores;
        double[] probabilities;
        double auc;
        double auc_low;
        double auc_high;
        double brier;
        double ece;
        double[][] wilson;
        double[] a;
        double[] b;
        double[] welch;
        double[] pooled;
        double[] p;
        double[] benjamini_hochberg;
    }

    private static final Figures EXPECTED = read();

    private static Figures read() {
        try (Reader in =
                new InputStreamReader(
                        ReferenceTest.class.getResourceAsStream("/cohort/reference.json"),
                        StandardCharsets.UTF_8)) {
            return new Gson().fromJson(in, Figures.class);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void areaUnderTheCurveAndDeLongsInterval() {
        Roc roc = Roc.of(EXPECTED.scores, EXPECTED.positive);
        assertEquals(EXPECTED.auc, roc.auc().value(), EXACT);
        assertEquals(EXPECTED.auc_low, roc.auc().low(), EXACT);
        assertEquals(EXPECTED.auc_high, roc.auc().high(), EXACT);
    }

    /**
     * DeLong's interval has no width there. By Newcombe the least area is the one of which 1 lies
     * 1.96 of its standard errors away.
     */
    @Test
    void allAboveAllOthers() {
        for (int each : new int[] {2, 5, 50}) {
            double[] scores = new double[2 * each];
            boolean[] positive = new boolean[2 * each];
            Arrays.setAll(scores, i -> i);
            Arrays.fill(positive, each, 2 * each, true);
            Estimate auc = Roc.of(scores, positive).auc();
            assertEquals(1, auc.value(), 0);
            assertEquals(1, auc.high(), 0);
            double low = auc.low();
            double more = (each - 1) * ((1 - low) / (2 - low) + low / (1 + low));
            double error = Math.sqrt(low * (1 - low) * (1 + more) / each / each);
            assertEquals(1.959964, (1 - low) / error, 1e-5);
            for (int i = 0; i < scores.length; i++) {
                scores[i] *= -1;
            }
            Estimate reversed = Roc.of(scores, positive).auc();
            assertEquals(0, reversed.low(), 0);
            assertEquals(1 - low, reversed.high(), 1e-12);
        }
    }

    @Test
    void aMeanOfSquaresIsNotBelowZero() {
        double[] probabilities = {0.95, 0.9, 0.3, 0.05};
        Estimate brier =
                Calibration.of(probabilities, new boolean[] {true, true, true, false}).brier();
        assertEquals(0, brier.low(), 0);
        assertTrue(brier.high() < 1);
    }

    /** The trapezoids below the curve are the area. */
    @Test
    void curveEnclosesTheArea() {
        var curve = Roc.of(EXPECTED.scores, EXPECTED.positive).curve();
        double area = 0;
        for (int i = 1; i < curve.size(); i++) {
            area +=
                    (curve.get(i).falsePositives() - curve.get(i - 1).falsePositives())
                            * (curve.get(i).truePositives() + curve.get(i - 1).truePositives())
                            / 2;
        }
        assertEquals(EXPECTED.auc, area, EXACT);
    }

    @Test
    void brierScoreAndCalibrationError() {
        Calibration calibration = Calibration.of(EXPECTED.probabilities, EXPECTED.positive);
        assertEquals(EXPECTED.brier, calibration.brier().value(), EXACT);
        assertEquals(EXPECTED.ece, calibration.ece().value(), EXACT);
    }

    @Test
    void wilsonsInterval() {
        for (double[] row : EXPECTED.wilson) {
            Estimate share = Estimate.proportion((int) row[0], (int) row[1]);
            assertArrayEquals(
                    new double[] {row[2], row[3]},
                    new double[] {share.low(), share.high()},
                    EXACT,
                    row[0] + " of " + row[1]);
        }
    }

    @Test
    void differencesOfMeans() {
        assertArrayEquals(EXPECTED.welch, row(TwoGroups.welch(EXPECTED.a, EXPECTED.b)), EXACT);
        assertArrayEquals(EXPECTED.pooled, row(TwoGroups.pooled(EXPECTED.a, EXPECTED.b)), EXACT);
    }

    private static double[] row(TwoGroups test) {
        return new double[] {test.t(), test.degrees(), test.p(), test.low(), test.high()};
    }

    @Test
    void falseDiscoveries() {
        assertArrayEquals(EXPECTED.benjamini_hochberg, FalseDiscovery.adjusted(EXPECTED.p), EXACT);
    }
}
