/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Against least squares on all permutations, and enhancement by counting at many heights. */
class GroupTestTest {

    private static final int[] SIZE = {4, 3, 2};
    private static final Voxels VOXELS = Voxels.of(SIZE, all(24));

    private static boolean[] all(int n) {
        boolean[] mask = new boolean[n];
        Arrays.fill(mask, true);
        return mask;
    }

    private static float[][] noise(int n, int voxels, long seed) {
        Random random = new Random(seed);
        float[][] maps = new float[n][voxels];
        for (float[] map : maps) {
            for (int v = 0; v < voxels; v++) {
                map[v] = (float) random.nextGaussian();
            }
        }
        return maps;
    }

    private static double[] twoGroups(int n) {
        double[] group = new double[n];
        Arrays.fill(group, 0, n / 2, 1);
        return group;
    }

    @Test
    void withoutCovariatesItIsStudentsT() {
        float[][] maps = noise(10, 24, 1);
        double[] group = twoGroups(10);
        GroupTest.Result result =
                new GroupTest(maps, group, new double[0][], VOXELS).test(1, 0, (d, t) -> {});
        for (int v = 0; v < 24; v++) {
            double[] a = new double[5];
            double[] b = new double[5];
            for (int i = 0; i < 5; i++) {
                a[i] = maps[i][v];
                b[i] = maps[5 + i][v];
            }
            TwoGroups expected = TwoGroups.pooled(a, b);
            assertEquals(expected.t(), result.t()[v], 1e-5);
            assertEquals(expected.difference(), result.slope()[v], 1e-6);
        }
    }

    /** All 120 orders of five subjects, each fitted by least squares as Freedman and Lane say. */
    @Test
    void allPermutationsAgreeWithLeastSquares() {
        int n = 5;
        float[][] maps = noise(n, 24, 2);
        double[] group = {1, 0, 1, 0, 0};
        double[] age = {30, 41, 55, 28, 63};
        List<int[]> orders = orders(n);
        double[][] t = new double[orders.size()][24];
        double[][] enhanced = new double[orders.size()][24];
        for (int v = 0; v < 24; v++) {
            double[] y = new double[n];
            for (int i = 0; i < n; i++) {
                y[i] = maps[i][v];
            }
            OLSMultipleLinearRegression reduced = new OLSMultipleLinearRegression();
            reduced.newSampleData(y, columns(age));
            double[] residuals = reduced.estimateResiduals();
            for (int k = 0; k < orders.size(); k++) {
                double[] permuted = new double[n];
                for (int i = 0; i < n; i++) {
                    permuted[i] = y[i] - residuals[i] + residuals[orders.get(k)[i]];
                }
                OLSMultipleLinearRegression full = new OLSMultipleLinearRegression();
                full.newSampleData(permuted, columns(age, group));
                t[k][v] =
                        full.estimateRegressionParameters()[2]
                                / full.estimateRegressionParametersStandardErrors()[2];
            }
        }
        double[] largest = new double[orders.size()];
        double[] largestEnhanced = new double[orders.size()];
        for (int k = 0; k < orders.size(); k++) {
            enhanced[k] = counted(t[k], VOXELS);
            largest[k] = Arrays.stream(t[k]).map(Math::abs).max().orElseThrow();
            largestEnhanced[k] = Arrays.stream(enhanced[k]).map(Math::abs).max().orElseThrow();
        }
        GroupTest test = new GroupTest(maps, group, new double[][] {age}, VOXELS);
        GroupTest.Result result = test.test(orders.size(), orders::get, (d, total) -> {});
        assertEquals(2, test.degrees());
        for (int v = 0; v < 24; v++) {
            double height = Math.abs(t[0][v]) * (1 - 1e-5);
            double p = Arrays.stream(largest).filter(m -> m >= height).count() / 120.0;
            assertEquals(t[0][v], result.t()[v], 1e-4 * Math.abs(t[0][v]));
            assertEquals(p, result.p()[v], 1e-12);
            assertEquals(
                    enhanced[0][v], result.enhanced()[v], 2e-2 * Math.abs(enhanced[0][v]) + 1e-3);
            double amount = Math.abs(enhanced[0][v]);
            double pEnhanced =
                    Arrays.stream(largestEnhanced).filter(m -> m >= amount).count() / 120.0;
            assertEquals(pEnhanced, result.pEnhanced()[v], 3 / 120.0);
        }
    }

    private static double[][] columns(double[]... columns) {
        double[][] rows = new double[columns[0].length][columns.length];
        for (int i = 0; i < rows.length; i++) {
            for (int c = 0; c < columns.length; c++) {
                rows[i][c] = columns[c][i];
            }
        }
        return rows;
    }

    private static List<int[]> orders(int n) {
        List<int[]> orders = new ArrayList<>();
        extend(new int[n], 0, orders);
        return orders;
    }

    private static void extend(int[] order, int at, List<int[]> orders) {
        if (at == order.length) {
            orders.add(order.clone());
            return;
        }
        for (int i = 0; i < order.length; i++) {
            int candidate = i;
            if (Arrays.stream(order, 0, at).noneMatch(o -> o == candidate)) {
                order[at] = i;
                extend(order, at + 1, orders);
            }
        }
    }

    /** The integral as a sum over 4,000 heights, clusters found anew at each. */
    private static double[] counted(double[] map, Voxels voxels) {
        double[] enhanced = new double[map.length];
        double top = Arrays.stream(map).map(Math::abs).max().orElseThrow();
        int steps = 4000;
        for (int sign : new int[] {1, -1}) {
            for (int s = 0; s < steps; s++) {
                double height = top * (s + 0.5) / steps;
                int[] extent = extents(map, sign, height, voxels);
                for (int v = 0; v < map.length; v++) {
                    enhanced[v] += sign * Math.sqrt(extent[v]) * height * height * top / steps;
                }
            }
        }
        return enhanced;
    }

    private static int[] extents(double[] map, int sign, double height, Voxels voxels) {
        int[] neighbours = voxels.neighbours();
        int[] label = new int[map.length];
        for (int v = 0; v < map.length; v++) {
            label[v] = sign * map[v] >= height ? v + 1 : 0;
        }
        for (boolean changed = true; changed; ) {
            changed = false;
            for (int v = 0; v < map.length; v++) {
                for (int k = 6 * v; k < 6 * v + 6; k++) {
                    int next = neighbours[k];
                    if (label[v] > 0 && next >= 0 && label[next] > label[v]) {
                        label[v] = label[next];
                        changed = true;
                    }
                }
            }
        }
        int[] extent = new int[map.length];
        for (int v = 0; v < map.length; v++) {
            int own = label[v];
            extent[v] = own == 0 ? 0 : (int) Arrays.stream(label).filter(l -> l == own).count();
        }
        return extent;
    }

    @Test
    void enhancementIsTheIntegral() {
        int[] size = {7, 6, 5};
        boolean[] mask = all(210);
        for (int i = 0; i < 210; i += 11) {
            mask[i] = false;
        }
        Voxels voxels = Voxels.of(size, mask);
        float[] map = noise(1, voxels.count(), 5)[0];
        double[] values = new double[map.length];
        Arrays.setAll(values, v -> map[v]);
        double[] expected = counted(values, voxels);
        float[] enhanced = new Tfce(voxels).enhance(map);
        for (int v = 0; v < map.length; v++) {
            assertEquals(expected[v], enhanced[v], 5e-3 * Math.abs(expected[v]) + 2e-3);
        }
    }

    @Test
    void plantedEffectIsFound() {
        float[][] maps = noise(30, 24, 7);
        for (int i = 0; i < 15; i++) {
            maps[i][5] += 4;
            maps[i][6] += 4;
        }
        GroupTest.Result result =
                new GroupTest(maps, twoGroups(30), new double[0][], VOXELS)
                        .test(500, 1, (d, t) -> {});
        assertTrue(result.p()[5] < 0.01 && result.pEnhanced()[6] < 0.01);
        assertTrue(result.p()[20] > 0.05);
    }

    /** 5 ± 3 % of 200 cohorts without an effect may have a voxel below 0.05. */
    @Test
    @Tag("long")
    void familyWiseErrorOfNullCohorts() {
        int[] size = {8, 8, 8};
        Voxels voxels = Voxels.of(size, all(512));
        int byHeight = 0;
        int byEnhancement = 0;
        for (int cohort = 0; cohort < 200; cohort++) {
            float[][] maps = noise(20, 512, 1000 + cohort);
            GroupTest.Result result =
                    new GroupTest(maps, twoGroups(20), noiseColumn(20, cohort), voxels)
                            .test(400, cohort, (d, t) -> {});
            byHeight += Arrays.stream(result.p()).min().orElseThrow() <= 0.05 ? 1 : 0;
            byEnhancement += Arrays.stream(result.pEnhanced()).min().orElseThrow() <= 0.05 ? 1 : 0;
        }
        assertTrue(byHeight >= 4 && byHeight <= 16, byHeight + " of 200 by height");
        assertTrue(byEnhancement >= 4 && byEnhancement <= 16, byEnhancement + " of 200 by extent");
    }

    private static double[][] noiseColumn(int n, long seed) {
        Random random = new Random(-seed - 1);
        return new double[][] {random.doubles(n).toArray()};
    }

    @Test
    void refusesWhatCannotBeToldApart() {
        double[] group = twoGroups(6);
        assertThrows(
                IllegalArgumentException.class,
                () -> new GroupTest(noise(6, 24, 1), group, new double[][] {group}, VOXELS));
        assertThrows(
                IllegalArgumentException.class,
                () -> new GroupTest(noise(2, 24, 1), twoGroups(2), new double[0][], VOXELS));
    }

    @Test
    void constantVoxelsHaveNoEffect() {
        float[][] maps = new float[8][24];
        GroupTest.Result result =
                new GroupTest(maps, twoGroups(8), new double[0][], VOXELS)
                        .test(20, 1, (d, t) -> {});
        assertArrayEquals(new float[24], result.t());
        assertEquals(1, result.p()[0]);
    }

    @Test
    void clustersOfOneSign() {
        float[] map = new float[24];
        map[0] = 3;
        map[1] = 4;
        map[2] = -5;
        map[23] = 2;
        boolean[] beyond = new boolean[24];
        for (int v = 0; v < 24; v++) {
            beyond[v] = Math.abs(map[v]) > 1;
        }
        List<Cluster> clusters = Cluster.of(map, beyond, VOXELS);
        assertEquals(
                List.of(new Cluster(2, 1, 4), new Cluster(1, 2, -5), new Cluster(1, 23, 2)),
                clusters);
    }

    @Test
    void spectralClusteringFindsThree() {
        float[][] maps = noise(30, 10, 3);
        for (int i = 0; i < 30; i++) {
            maps[i][i % 3] += 12;
        }
        SpectralClustering found = SpectralClustering.of(maps, 1);
        for (int i = 0; i < 30; i++) {
            assertEquals(found.cluster()[i % 3], found.cluster()[i]);
        }
        assertEquals(3, Arrays.stream(found.cluster()).distinct().count());
        assertTrue(found.eigengap() > 0.2);
    }
}
