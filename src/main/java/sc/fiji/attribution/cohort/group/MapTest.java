/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.group;

import java.util.Arrays;
import java.util.Locale;
import sc.fiji.attribution.cohort.statistics.GroupTest;
import sc.fiji.attribution.cohort.statistics.Voxels;
import sc.fiji.attribution.core.machine.JavaHeap;

/**
 * The maps of two groups against each other, in the voxels where any of them is not zero.
 *
 * @param result per voxel of those
 * @param voxels which they are
 */
public record MapTest(GroupTest.Result result, Voxels voxels) {

    /**
     * @param places of the maps among all files
     * @param group of each of these, 1 or 0
     * @param nuisance columns with a number for each of these
     * @param permutations with the true order; fewer than two for none, and no p-values
     * @throws IllegalArgumentException where they cannot be compared, with the reason
     */
    public static MapTest of(
            AlikeMaps maps,
            int[] places,
            double[] group,
            double[][] nuisance,
            int permutations,
            long seed,
            GroupTest.Watch watch) {
        long needed = maps.bytes() * places.length * (maps.inMemory() ? 1 : 2);
        if (needed > JavaHeap.free() / 2) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "%d maps need %d MB of Java memory; raise it",
                            places.length,
                            needed >> 20));
        }
        float[][] all = Arrays.stream(places).mapToObj(maps::values).toArray(float[][]::new);
        boolean[] varies = new boolean[maps.voxels()];
        for (int v = 0; v < varies.length; v++) {
            for (int i = 0; i < all.length && !varies[v]; i++) {
                varies[v] = all[i][v] != 0;
            }
        }
        Voxels voxels = Voxels.of(maps.size(), varies);
        if (voxels.count() == 0) {
            throw new IllegalArgumentException("all maps are zero");
        }
        GroupTest test = GroupTest.inside(all, group, nuisance, voxels);
        watch.permutation(0, Math.max(1, permutations));
        return new MapTest(
                permutations < 2 ? test.plain() : test.test(permutations, seed, watch), voxels);
    }

    /** Values of the voxels in the whole volume. */
    public double[] whole(double[] inside, double outside) {
        int[] size = voxels.size();
        double[] all = new double[size[0] * size[1] * size[2]];
        Arrays.fill(all, outside);
        for (int v = 0; v < inside.length; v++) {
            all[voxels.places()[v]] = inside[v];
        }
        return all;
    }
}
