/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sc.fiji.attribution.core.Axes;
import sc.fiji.attribution.core.Tensor;
import sc.fiji.attribution.core.grid.AxisResampling;

public class AxisResamplingTest {

    /** The definition, written out over all pairs: a triangle around each half-pixel centre. */
    public static double[][] oracle(int sources, int targets) {
        double ratio = (double) sources / targets;
        double[][] matrix = new double[targets][sources];
        for (int i = 0; i < targets; i++) {
            double centre = (i + 0.5) * sources / targets - 0.5;
            double sum = 0;
            for (int j = 0; j < sources; j++) {
                matrix[i][j] = Math.max(0, 1 - Math.abs(j - centre) / Math.max(1, ratio));
                sum += matrix[i][j];
            }
            for (int j = 0; j < sources; j++) {
                matrix[i][j] /= sum;
            }
        }
        return matrix;
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,7", "7,1", "5,5", "8,4", "4,8", "7,5", "5,7", "182,96", "3,17", "61,60"})
    void matrixAndItsTransposeAreThoseOfTheOracle(int sources, int targets) {
        double[][] oracle = oracle(sources, targets);
        AxisResampling resampling = AxisResampling.linear(sources, targets);
        double[][] matrix = dense(resampling);
        double[][] transpose = dense(resampling.transpose());
        for (int i = 0; i < targets; i++) {
            assertArrayEquals(oracle[i], matrix[i], 1e-12);
            for (int j = 0; j < sources; j++) {
                assertEquals(matrix[i][j], transpose[j][i]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"5,20", "7,16", "96,182", "20,5", "24,8", "30,15"})
    void rampsStayRampsAwayFromTheEnds(int sources, int targets) {
        Tensor ramp = Tensor.zeros(new Axes("x"), sources);
        for (int j = 0; j < sources; j++) {
            ramp.data()[j] = 2 * j + 1;
        }
        float[] result = AxisResampling.linear(sources, targets).apply(ramp, 'x').data();
        double ratio = (double) sources / targets;
        int rim = (int) Math.ceil(Math.max(1, 1 / ratio));
        for (int i = rim; i < targets - rim; i++) {
            assertEquals(2 * ((i + 0.5) * ratio - 0.5) + 1, result[i], 1e-4, "at " + i);
        }
    }

    @ParameterizedTest
    @CsvSource({"182,96", "218,112", "7,5", "100,33"})
    void otherRatiosMoveARampByASmallPartOfAVoxel(int sources, int targets) {
        double worst = 0;
        double[][] matrix = dense(AxisResampling.linear(sources, targets));
        for (int i = 1; i < targets - 1; i++) {
            double position = 0;
            for (int j = 0; j < sources; j++) {
                position += matrix[i][j] * j;
            }
            worst = Math.max(worst, Math.abs(position - ((i + 0.5) * sources / targets - 0.5)));
        }
        assertTrue(worst < 0.05, sources + " to " + targets + ": " + worst);
    }

    @Test
    void appliesAlongTheNamedAxisOnly() {
        Tensor tensor = Specimens.random(1, "zyxc", 3, 7, 4, 2);
        double[][] oracle = oracle(7, 5);
        Tensor result = AxisResampling.linear(7, 5).apply(tensor, 'y');
        assertArrayEquals(new int[] {3, 5, 4, 2}, result.shape());
        for (int z = 0; z < 3; z++) {
            for (int y = 0; y < 5; y++) {
                for (int k = 0; k < 8; k++) {
                    double expected = 0;
                    for (int j = 0; j < 7; j++) {
                        expected += oracle[y][j] * tensor.data()[(z * 7 + j) * 8 + k];
                    }
                    assertEquals(expected, result.data()[(z * 5 + y) * 8 + k], 1e-6);
                }
            }
        }
    }

    @Test
    void figuresWorkedOutByHand() {
        // Centres of 4 in 5: -0.1, 0.7, 1.5, 2.3, 3.1, the outer two beyond the outermost centres.
        assertArrayEquals(new float[] {0, 0.7f, 1.5f, 2.3f, 3}, resize(4, 5), 1e-6f);
        // 4 to 2, centre 0.5: weights 3/4, 3/4, 1/4 of 0, 1, 2 over their sum 7/4.
        assertArrayEquals(new float[] {5 / 7f, 16 / 7f}, resize(4, 2), 1e-6f);
    }

    @Test
    void figuresOfPillow() {
        // Image.fromarray(...).resize((n, ...), Image.BILINEAR) of this row, for n = 5 and 9.
        Tensor row = new Tensor(new Axes("x"), new int[] {7}, new float[] {3, -1, 4, 1, -5, 9, 2});
        assertArrayEquals(
                new float[] {1.6666666f, 1.7777778f, 0.45454547f, 1.2222222f, 4.3333335f},
                AxisResampling.linear(7, 5).apply(row, 'x').data(),
                1e-6f);
        assertArrayEquals(
                new float[] {
                    3,
                    0.33333334f,
                    1.2222222f,
                    3.3333333f,
                    1,
                    -3.6666667f,
                    2.7777777f,
                    6.6666665f,
                    2
                },
                AxisResampling.linear(7, 9).apply(row, 'x').data(),
                1e-6f);
    }

    private static float[] resize(int sources, int targets) {
        Tensor ramp = Tensor.zeros(new Axes("x"), sources);
        for (int j = 0; j < sources; j++) {
            ramp.data()[j] = j;
        }
        return AxisResampling.linear(sources, targets).apply(ramp, 'x').data();
    }

    private static double[][] dense(AxisResampling resampling) {
        double[][] matrix = new double[resampling.targets()][resampling.sources()];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < resampling.weights()[i].length; j++) {
                matrix[i][resampling.first()[i] + j] = resampling.weights()[i][j];
            }
        }
        return matrix;
    }
}
