/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import java.util.Arrays;

/**
 * Threshold-free cluster enhancement (Smith and Nichols 2009): each voxel's value becomes the
 * integral over heights h below it of √(extent of its cluster above h) × h², of positive and of
 * negative values apart. Clusters touch by faces. The integral is exact: clusters only change where
 * a voxel joins, so it is a sum over the heights of the voxels, found by joining them from the
 * highest down.
 */
final class Tfce {

    private final int[] neighbours;
    private final int[] parent;
    private final double[] amount; // of a root: so far; of others: less than its parent's
    private final double[] cube; // of the height that a root's amount goes down to
    private final int[] extent;

    public Tfce(Voxels voxels) {
        this.neighbours = voxels.neighbours();
        int n = voxels.count();
        this.parent = new int[n];
        this.amount = new double[n];
        this.cube = new double[n];
        this.extent = new int[n];
    }

    /**
     * @param map one value per voxel; not changed
     * @return the enhanced values, with the signs of the map
     */
    public float[] enhance(float[] map) {
        float[] enhanced = new float[map.length];
        half(map, 1, enhanced);
        half(map, -1, enhanced);
        return enhanced;
    }

    private void half(float[] map, int sign, float[] enhanced) {
        int[] order = descending(map, sign);
        Arrays.fill(parent, -1);
        for (int v : order) {
            double height = sign * (double) map[v];
            double level = height * height * height;
            parent[v] = v;
            extent[v] = 1;
            amount[v] = 0;
            cube[v] = level;
            for (int k = 6 * v; k < 6 * v + 6; k++) {
                if (neighbours[k] >= 0 && parent[neighbours[k]] >= 0) {
                    join(v, root(neighbours[k]), level);
                }
            }
        }
        for (int v : order) {
            if (parent[v] == v) {
                lower(v, 0);
            }
        }
        for (int v : order) {
            int root = root(v);
            double value = root == v ? amount[v] : amount[v] + amount[root];
            enhanced[v] = (float) (sign * value);
        }
    }

    private void join(int v, int other, double level) {
        int root = root(v);
        if (root == other) {
            return;
        }
        lower(other, level);
        lower(root, level);
        int larger = extent[other] > extent[root] ? other : root;
        int smaller = larger == other ? root : other;
        parent[smaller] = larger;
        amount[smaller] -= amount[larger];
        extent[larger] += extent[smaller];
    }

    private void lower(int root, double level) {
        amount[root] += Math.sqrt(extent[root]) * (cube[root] - level) / 3;
        cube[root] = level;
    }

    /** The root of v's cluster; v's amount is relative to it afterwards. */
    private int root(int v) {
        int root = v;
        while (parent[root] != root) {
            root = parent[root];
        }
        // From the top down would need a stack: collect what lies between while going up again.
        double sum = 0;
        for (int i = v; i != root; i = parent[i]) {
            sum += amount[i];
        }
        for (int i = v; i != root; ) {
            int next = parent[i];
            double own = amount[i];
            amount[i] = sum;
            parent[i] = root;
            sum -= own;
            i = next;
        }
        return root;
    }

    /** Places of the values of one sign, the largest first. */
    private static int[] descending(float[] map, int sign) {
        long[] keys = new long[map.length];
        int count = 0;
        for (int v = 0; v < map.length; v++) {
            float height = sign * map[v];
            if (height > 0) {
                // Bits of positive floats sort like the floats.
                keys[count++] = (long) Float.floatToIntBits(height) << 32 | v;
            }
        }
        Arrays.sort(keys, 0, count);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = (int) keys[count - 1 - i];
        }
        return order;
    }
}
