/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
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
