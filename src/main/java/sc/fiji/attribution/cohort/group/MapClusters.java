/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.group;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import sc.fiji.attribution.cohort.statistics.SpectralClustering;

/** Clusters of alike maps: spectral clustering of coarse maps of length 1. No evidence of bias. */
public final class MapClusters {

    /** Extents of the maps that are clustered. */
    private static final int COARSE = 10;

    /** Eigenvectors of more take too long. */
    private static final int MOST = 600;

    private static final int FEWEST = 8;

    private static final long SEED = 1;

    private MapClusters() {}

    /** Whether there are neither too few nor too many. */
    public static boolean possible(AlikeMaps maps) {
        int count = maps.places().length;
        return count >= FEWEST && count <= MOST;
    }

    /** Of the maps in their order. */
    public static SpectralClustering of(AlikeMaps maps, long seed) {
        float[][] coarse =
                Arrays.stream(maps.places())
                        .parallel()
                        .mapToObj(i -> coarse(maps.values(i), maps.size()))
                        .toArray(float[][]::new);
        return SpectralClustering.of(coarse, seed);
    }

    /**
     * How many maps of each kind are in each cluster; nothing where there are too few maps, or too
     * many.
     *
     * @param kind of a map among all, in words
     * @return method, eigengap, cluster, the words, and how many
     */
    public static List<List<Object>> rows(
            String method, AlikeMaps maps, IntFunction<List<String>> kind) {
        if (!possible(maps)) {
            return List.of();
        }
        SpectralClustering found = of(maps, SEED);
        Map<List<String>, Integer> counts = new TreeMap<>(Comparator.comparing(Object::toString));
        for (int i = 0; i < maps.places().length; i++) {
            List<String> cell = new ArrayList<>(List.of("" + found.cluster()[i]));
            cell.addAll(kind.apply(maps.places()[i]));
            counts.merge(cell, 1, Integer::sum);
        }
        List<List<Object>> rows = new ArrayList<>();
        counts.forEach(
                (cell, n) -> {
                    List<Object> row = new ArrayList<>(List.of(method, found.eigengap()));
                    row.addAll(cell);
                    row.add(n);
                    rows.add(row);
                });
        return rows;
    }

    private static float[] coarse(float[] values, int[] size) {
        int[] few = Arrays.stream(size).map(s -> Math.min(s, COARSE)).toArray();
        // Where the cells of a row begin.
        int[] begin = new int[few[0] + 1];
        for (int x = size[0] - 1; x >= 0; x--) {
            begin[x * few[0] / size[0]] = x;
        }
        begin[few[0]] = size[0];
        float[] sums = new float[few[0] * few[1] * few[2]];
        for (int row = 0; row < size[1] * size[2]; row++) {
            int y = row % size[1] * few[1] / size[1];
            int z = row / size[1] * few[2] / size[2];
            add(values, row * size[0], begin, sums, few[0] * (y + few[1] * z));
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

    /** Adds a row to its cells. */
    private static void add(float[] values, int row, int[] begin, float[] sums, int cell) {
        for (int c = 0; c + 1 < begin.length; c++) {
            float sum = sums[cell + c];
            for (int i = row + begin[c]; i < row + begin[c + 1]; i++) {
                sum += values[i];
            }
            sums[cell + c] = sum;
        }
    }
}
