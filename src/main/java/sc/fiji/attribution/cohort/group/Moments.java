/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.group;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Mean and sum of squared deviations of maps, voxel by voxel, as maps are added (Welford 1962) or
 * those of others are (Chan, Golub and LeVeque 1983). Memory: two doubles a voxel.
 */
public final class Moments implements Serializable {

    private static final long serialVersionUID = 1;

    /** Voxels whose moments fit the fastest memory. */
    private static final int BLOCK = 1024;

    private int n;
    private double[] mean = new double[0];
    private double[] squares = new double[0];

    /** How many maps it has. */
    public int count() {
        return n;
    }

    /** Adds a map; all have the same number of voxels. */
    public void add(float[] values) {
        add(List.of(values));
    }

    /** Adds maps one after the other; some voxels of all of them, then the next ones. */
    public void add(List<float[]> maps) {
        if (maps.isEmpty()) {
            return;
        }
        int voxels = maps.get(0).length;
        begin(voxels);
        IntStream.range(0, (voxels + BLOCK - 1) / BLOCK)
                .parallel()
                .forEach(
                        block -> {
                            int count = n;
                            int end = Math.min(voxels, (block + 1) * BLOCK);
                            for (float[] map : maps) {
                                add(map, mean, squares, ++count, block * BLOCK, end);
                            }
                        });
        n += maps.size();
    }

    private static void add(
            float[] values, double[] mean, double[] squares, double count, int from, int to) {
        for (int i = from; i < to; i++) {
            double before = values[i] - mean[i];
            double after = mean[i] + before / count;
            mean[i] = after;
            squares[i] += before * (values[i] - after);
        }
    }

    /** Adds the maps that another has. */
    public void add(Moments other) {
        if (other.n == 0) {
            return;
        }
        begin(other.mean.length);
        double total = n + other.n;
        for (int i = 0; i < mean.length; i++) {
            double difference = other.mean[i] - mean[i];
            mean[i] += difference * (other.n / total);
            squares[i] += other.squares[i] + difference * difference * (n * (other.n / total));
        }
        n += other.n;
    }

    private void begin(int voxels) {
        if (n == 0) {
            mean = new double[voxels];
            squares = new double[voxels];
        }
    }

    /** Mean of the maps. */
    public double[] mean() {
        return mean.clone();
    }

    /** Standard deviation of the maps; 0 of a single one. */
    public double[] deviation() {
        return Arrays.stream(squares).map(s -> n < 2 ? 0 : Math.sqrt(s / (n - 1))).toArray();
    }
}
