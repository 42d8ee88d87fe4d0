/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NumberErrorsTest {

    private static void assertIs(double value, double low, double high, Estimate found) {
        assertEquals(value, found.value(), 1e-12);
        assertEquals(low, found.low(), 1e-12);
        assertEquals(high, found.high(), 1e-12);
    }

    /** Figures of scikit-learn 1.9 (MAE, R²) and SciPy 1.17 (r, intervals). */
    @Test
    void asOtherProgramsSay() {
        double[] truth = {31, 44, 52.5, 60, 27, 70, 38, 49};
        double[] predicted = {35, 40.5, 55, 61, 33, 62, 41, 52};
        Map<String, Estimate> found = NumberErrors.of(truth, predicted);
        assertIs(3.875, 2.049512921972741, 5.700487078027259, found.get("MAE"));
        assertIs(1, -2.8115324588501345, 4.8115324588501345, found.get("mean error"));
        assertIs(0.9649698944412258, 0.8133979265215833, 0.993842017027771, found.get("r"));
        Estimate explained = found.get("R²");
        assertEquals(0.8959828896935815, explained.value(), 1e-12);
        assertTrue(explained.low() < 0.8 && explained.high() > 0.9, explained.toString());
        assertEquals(List.of("MAE", "mean error", "R²", "r"), List.copyOf(found.keySet()));
    }

    /** What cannot be computed is not: of nobody, of one, of numbers that are all the same. */
    @Test
    void tooFewOrAllTheSame() {
        Estimate nobody = NumberErrors.of(new double[0], new double[0]).get("MAE");
        assertTrue(Double.isNaN(nobody.value()));
        Map<String, Estimate> one = NumberErrors.of(new double[] {3}, new double[] {5});
        assertEquals(2, one.get("MAE").value());
        assertTrue(Double.isNaN(one.get("MAE").low()));
        Map<String, Estimate> same =
                NumberErrors.of(new double[] {3, 3, 3, 3}, new double[] {1, 2, 3, 4});
        for (String metric : List.of("R²", "r")) {
            assertTrue(Double.isNaN(one.get(metric).value()), metric);
            assertTrue(Double.isNaN(same.get(metric).value()), metric);
        }
    }
}
