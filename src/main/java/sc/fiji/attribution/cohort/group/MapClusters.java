/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.group;

import java.util.Arrays;
import sc.fiji.attribution.cohort.statistics.SpectralClustering;

/** Clusters of alike maps: spectral clustering of coarse maps of length 1. No evidence of bias. */
public final class MapClusters {

    /** Extents of the maps that are clustered. */
    private static final int COARSE = 10;

    /** Eigenvectors of more take too long. */
    private static final int MOST = 600;

    private static final int FEWEST = 8;

    private MapClusters() {}

    /** Whether there are neither too few nor too many. */
    public static boolean possible(AlikeMaps maps) {
        int count = maps.places().length;
        return count >= FEWEST && count <= MOST;
    }

    /** Of the maps in their order. */
    public static SpectralClustering of(AlikeMaps maps, long seed) {
        int[] size = maps.size();
        int[] few = Arrays.stream(size).map(s -> Math.min(s, COARSE)).toArray();
        int[] cells = new int[maps.voxels()];
        for (int i = 0; i < cells.length; i++) {
            int x = i % size[0] * few[0] / size[0];
            int y = i / size[0] % size[1] * few[1] / size[1];
            int z = i / size[0] / size[1] * few[2] / size[2];
            cells[i] = x + few[0] * (y + few[1] * z);
        }
        float[][] coarse =
                Arrays.stream(maps.places())
                        .mapToObj(i -> coarse(maps.values(i), cells, few[0] * few[1] * few[2]))
                        .toArray(float[][]::new);
        return SpectralClustering.of(coarse, seed);
    }

    private static float[] coarse(float[] values, int[] cells, int count) {
        float[] sums = new float[count];
        for (int i = 0; i < values.length; i++) {
            sums[cells[i]] += values[i];
        }
        double squares = 0;
        for (float sum : sums) {
            squares += (double) sum * sum;
        }
        for (int i = 0; squares > 0 && i < sums.length; i++) {
            sums[i] /= (float) Math.sqrt(squares);
        }
        return sums;
    }
}
