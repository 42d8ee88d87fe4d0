/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.ml.clustering.CentroidCluster;
import org.apache.commons.math3.ml.clustering.DoublePoint;
import org.apache.commons.math3.ml.clustering.KMeansPlusPlusClusterer;
import org.apache.commons.math3.random.MersenneTwister;

/**
 * Groups of alike maps, for exploration (as in Lapuschkin et al. 2019). It is no evidence of bias:
 * maps of networks that make no use of a site cluster by site too.
 *
 * @param cluster of each map, from 0
 * @param eigenvalues the smallest of the normalised Laplacian, ascending: k near zero and a gap
 *     behind them speak for k clusters
 * @param eigengap largest difference of eigenvalues that follow one another, which chose the number
 */
public record SpectralClustering(int[] cluster, double[] eigenvalues, double eigengap) {

    private static final int MOST = 8;

    /** A map as a point that knows whose it is. */
    private static final class Row extends DoublePoint {
        private static final long serialVersionUID = 1L;
        private final int place;

        Row(double[] point, int place) {
            super(point);
            this.place = place;
        }
    }

    /**
     * By the normalised Laplacian of the graph of nearest neighbours (Ng, Jordan and Weiss 2002).
     *
     * @param maps at least four, normalised and of few voxels
     */
    public static SpectralClustering of(float[][] maps, long seed) {
        int n = maps.length;
        RealMatrix weights = neighbours(maps);
        double[] degree = new double[n];
        for (int i = 0; i < n; i++) {
            degree[i] = Arrays.stream(weights.getRow(i)).sum();
        }
        RealMatrix laplacian = new Array2DRowRealMatrix(n, n);
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < n; k++) {
                double share = weights.getEntry(i, k) / Math.sqrt(degree[i] * degree[k]);
                laplacian.setEntry(i, k, (i == k ? 1 : 0) - share);
            }
        }
        EigenDecomposition eigen = new EigenDecomposition(laplacian);
        Integer[] order = new Integer[n];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingDouble(i -> eigen.getRealEigenvalue(i)));
        double[] smallest = new double[Math.min(n, MOST + 1)];
        Arrays.setAll(smallest, i -> eigen.getRealEigenvalue(order[i]));
        int count = 2;
        for (int k = 2; k < smallest.length; k++) {
            if (smallest[k] - smallest[k - 1] > smallest[count] - smallest[count - 1]) {
                count = k;
            }
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            double[] row = new double[count];
            for (int k = 0; k < count; k++) {
                row[k] = eigen.getEigenvector(order[k]).getEntry(i);
            }
            double length = Math.sqrt(Arrays.stream(row).map(v -> v * v).sum());
            rows.add(new Row(Arrays.stream(row).map(v -> v / length).toArray(), i));
        }
        return new SpectralClustering(
                clustered(rows, count, seed), smallest, smallest[count] - smallest[count - 1]);
    }

    private static int[] clustered(List<Row> rows, int count, long seed) {
        KMeansPlusPlusClusterer<Row> clusterer =
                new KMeansPlusPlusClusterer<>(
                        count,
                        200,
                        new org.apache.commons.math3.ml.distance.EuclideanDistance(),
                        new MersenneTwister(seed));
        int[] cluster = new int[rows.size()];
        List<CentroidCluster<Row>> found = clusterer.cluster(rows);
        for (int c = 0; c < found.size(); c++) {
            for (Row row : found.get(c).getPoints()) {
                cluster[row.place] = c;
            }
        }
        return cluster;
    }

    /** Weight 1 to the nearest √n maps, half where only one of two sees the other so. */
    private static RealMatrix neighbours(float[][] maps) {
        int n = maps.length;
        int count = Math.max(2, (int) Math.round(Math.sqrt(n)));
        RealMatrix weights = new Array2DRowRealMatrix(n, n);
        double[][] distances = new double[n][n];
        IntStream.range(0, n)
                .parallel()
                .forEach(
                        i -> {
                            squaredDistances(maps, i, distances[i]);
                            for (int k = 0; k < i; k++) {
                                distances[k][i] = distances[i][k];
                            }
                        });
        for (int i = 0; i < n; i++) {
            for (int k : least(distances[i], Math.min(n, count + 1))) {
                weights.addToEntry(i, k, 0.5);
                weights.addToEntry(k, i, 0.5);
            }
        }
        return weights;
    }

    /** Places of the least of some values, in any order; of equal ones the first. */
    private static int[] least(double[] values, int count) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double last = sorted[count - 1];
        int[] places = new int[count];
        int found = 0;
        for (int i = 0; i < values.length; i++) {
            if (Double.compare(values[i], last) < 0) {
                places[found++] = i;
            }
        }
        for (int i = 0; found < count; i++) {
            if (Double.compare(values[i], last) == 0) {
                places[found++] = i;
            }
        }
        return places;
    }

    /** From one map to those before it; to four at once, since a sum waits for its last part. */
    private static void squaredDistances(float[][] maps, int i, double[] distances) {
        float[] a = maps[i];
        for (int first = 0; first < i; first += 4) {
            float[] b0 = maps[first];
            float[] b1 = maps[Math.min(first + 1, i)];
            float[] b2 = maps[Math.min(first + 2, i)];
            float[] b3 = maps[Math.min(first + 3, i)];
            double sum0 = 0;
            double sum1 = 0;
            double sum2 = 0;
            double sum3 = 0;
            for (int v = 0; v < a.length; v++) {
                double difference0 = a[v] - b0[v];
                double difference1 = a[v] - b1[v];
                double difference2 = a[v] - b2[v];
                double difference3 = a[v] - b3[v];
                sum0 += difference0 * difference0;
                sum1 += difference1 * difference1;
                sum2 += difference2 * difference2;
                sum3 += difference3 * difference3;
            }
            double[] sums = {sum0, sum1, sum2, sum3};
            System.arraycopy(sums, 0, distances, first, Math.min(4, i - first));
        }
    }
}
