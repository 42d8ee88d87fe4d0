/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands at axes and dots. */
class FiguresOfPicturesTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0.5, 0.500",
        "-0.000338, -3e-4",
        "0.00123, 0.001",
        "-12.34, -12.3",
        "1234, 1234",
        "-1.5e6, -2e6",
        "2.6e-12, 3e-12",
        "1, 1.00"
    })
    void figuresAreShort(double value, String text) {
        assertEquals(text, DotTable.figure(value));
    }

    @Test
    void figuresFitTheirColumn() {
        Random random = new Random(1);
        for (int i = 0; i < 1000; i++) {
            double value = random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
            assertTrue(DotTable.figure(value).length() <= 7, value + "");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 0.2, 0.4, 0.4",
        "1.48, 0.5, 0.5, 0.5",
        "7.7, 2, 4, 4",
        "11, 2, 4, 4",
        "0.03, 0.005, 0.01, 0.010",
        "23, 5, 10, 10",
        "1e-7, 2e-8, 4e-8, 4e-08"
    })
    void ticksAreRound(double range, double step, double second, String text) {
        assertEquals(step, CurveChart.step(range), 1e-12 * step);
        assertEquals(text, CurveChart.tick(second, step));
    }
}
