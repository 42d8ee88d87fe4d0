/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.apache.commons.math3.stat.StatUtils;
import org.junit.jupiter.api.Test;

/** However maps are divided among machines, the sums are those of all in a row. */
class MomentsTest {

    private static final int MAPS = 23;
    private static final int VOXELS = 5;

    private static float[][] maps() {
        Random random = new Random(3);
        float[][] maps = new float[MAPS][VOXELS];
        for (float[] map : maps) {
            for (int v = 0; v < VOXELS; v++) {
                map[v] = (float) (1000 * v + random.nextGaussian());
            }
        }
        return maps;
    }

    private static Moments of(float[][] maps, int from, int to) {
        Moments moments = new Moments();
        for (int i = from; i < to; i++) {
            moments.add(maps[i]);
        }
        return moments;
    }

    @Test
    void partsAddUp() {
        float[][] maps = maps();
        for (int[] cuts : new int[][] {{0, 23}, {0, 0, 23}, {0, 1, 2, 23}, {0, 7, 7, 15, 23, 23}}) {
            Moments sum = new Moments();
            for (int k = 1; k < cuts.length; k++) {
                sum.add(of(maps, cuts[k - 1], cuts[k]));
            }
            assertEquals(MAPS, sum.count());
            for (int v = 0; v < VOXELS; v++) {
                double[] values = new double[MAPS];
                for (int i = 0; i < MAPS; i++) {
                    values[i] = maps[i][v];
                }
                assertEquals(StatUtils.mean(values), sum.mean()[v], 1e-9);
                assertEquals(Math.sqrt(StatUtils.variance(values)), sum.deviation()[v], 1e-9);
            }
        }
    }

    @Test
    void aSingleMapDoesNotVary() {
        assertEquals(0, of(maps(), 0, 1).deviation()[2]);
    }
}
