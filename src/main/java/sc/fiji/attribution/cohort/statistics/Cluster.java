/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Connected voxels of one sign beyond a threshold.
 *
 * @param voxels how many
 * @param peak the place of its largest absolute value among the voxels
 * @param value there
 */
public record Cluster(int voxels, int peak, double value) {

    /**
     * All clusters of a map, the largest first.
     *
     * @param map one value per voxel
     * @param beyond whether each voxel counts
     */
    public static List<Cluster> of(float[] map, boolean[] beyond, Voxels voxels) {
        int[] neighbours = voxels.neighbours();
        boolean[] seen = new boolean[map.length];
        List<Cluster> clusters = new ArrayList<>();
        for (int start = 0; start < map.length; start++) {
            if (beyond[start] && !seen[start]) {
                clusters.add(grow(start, map, beyond, neighbours, seen));
            }
        }
        clusters.sort(Comparator.comparingInt(Cluster::voxels).reversed());
        return clusters;
    }

    private static Cluster grow(
            int start, float[] map, boolean[] beyond, int[] neighbours, boolean[] seen) {
        Deque<Integer> open = new ArrayDeque<>(List.of(start));
        seen[start] = true;
        int count = 0;
        int peak = start;
        while (!open.isEmpty()) {
            int v = open.pop();
            count++;
            peak = Math.abs(map[v]) > Math.abs(map[peak]) ? v : peak;
            for (int next : Arrays.copyOfRange(neighbours, 6 * v, 6 * v + 6)) {
                if (next >= 0
                        && beyond[next]
                        && !seen[next]
                        && Math.signum(map[next]) == Math.signum(map[v])) {
                    seen[next] = true;
                    open.push(next);
                }
            }
        }
        return new Cluster(count, peak, map[peak]);
    }
}
