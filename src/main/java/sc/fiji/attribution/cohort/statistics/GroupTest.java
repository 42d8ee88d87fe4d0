/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Whether maps depend on a regressor, such as membership of a group, given covariates: a t per
 * voxel and p-values by permutation, corrected for all voxels by the largest statistic in each
 * permuted map (Nichols and Holmes 2002), for t itself and for its cluster enhancement ({@link
 * Tfce}).
 *
 * <p>With covariates what is permuted are the residuals of the model without the regressor
 * (Freedman and Lane 1983; Winkler et al. 2014). The t of permuted data y* = P·R·y depends on the
 * part of y* that the covariates do not explain only, so that with x the regressor's own such part,
 * and Q an orthonormal basis of the covariates, β = x·Pe / x·x and the residual sum is e·e −
 * |Qᵀ·Pe|² − β²·x·x, where e = R·y: a few inner products per voxel and permutation.
 *
 * <p>Memory: the residuals of all subjects in float, and a few maps.
 */
public final class GroupTest {

    /** Looked at before each permutation; may throw to end the run. */
    public interface Watch {
        void permutation(int done, int total);
    }

    /** Voxels that are filled together. */
    private static final int BLOCK = 256;

    private final float[][] residuals; // per voxel, of all subjects
    private final double[] squares; // per voxel, their sum
    private final double[] regressor; // without what covariates explain
    private final double[][] basis; // orthonormal, of the covariates without the constant
    private final double[] slope;
    private final int degrees;
    private final Voxels voxels;

    /**
     * @param maps one per subject, one value per voxel
     * @param regressor one value per subject, such as 1 and 0 for two groups
     * @param covariates each with one value per subject; the constant is not among them
     * @throws IllegalArgumentException where the regressor follows from the covariates, or there
     *     are too few subjects
     */
    public GroupTest(float[][] maps, double[] regressor, double[][] covariates, Voxels voxels) {
        this(maps, IntStream.range(0, voxels.count()).toArray(), regressor, covariates, voxels);
    }

    /**
     * Of whole volumes.
     *
     * @param maps one per subject, of all places of the volume
     */
    public static GroupTest inside(
            float[][] maps, double[] regressor, double[][] covariates, Voxels voxels) {
        return new GroupTest(maps, voxels.places(), regressor, covariates, voxels);
    }

    /**
     * @param at where a voxel stands in the maps
     */
    private GroupTest(
            float[][] maps, int[] at, double[] regressor, double[][] covariates, Voxels voxels) {
        int n = maps.length;
        this.voxels = voxels;
        double[][] full = orthonormal(n, covariates);
        this.basis = Arrays.copyOfRange(full, 1, full.length);
        this.regressor = rest(regressor, full);
        this.degrees = n - full.length - 1;
        double size = dot(this.regressor, this.regressor);
        double before = dot(centred(regressor), centred(regressor));
        if (degrees < 1) {
            throw new IllegalArgumentException(
                    n + " subjects are too few for " + covariates.length + " covariates");
        }
        if (!(size > 1e-9 * before) || before == 0) {
            throw new IllegalArgumentException(
                    "the groups differ in nothing that the covariates do not tell already");
        }
        this.residuals = new float[voxels.count()][n];
        this.squares = new double[voxels.count()];
        this.slope = new double[voxels.count()];
        IntStream.range(0, (residuals.length + BLOCK - 1) / BLOCK)
                .parallel()
                .forEach(block -> fill(block * BLOCK, maps, at, full, size));
    }

    /** The residuals of a block of voxels; maps are read row by row. */
    private void fill(int first, float[][] maps, int[] at, double[][] full, double size) {
        int last = Math.min(first + BLOCK, residuals.length);
        for (int i = 0; i < maps.length; i++) {
            for (int v = first; v < last; v++) {
                residuals[v][i] = maps[i][at[v]];
            }
        }
        double[] rest = new double[maps.length];
        for (int v = first; v < last; v++) {
            for (int i = 0; i < rest.length; i++) {
                rest[i] = residuals[v][i];
            }
            for (double[] direction : full) {
                double part = dot(rest, direction);
                for (int i = 0; i < rest.length; i++) {
                    rest[i] -= part * direction[i];
                }
            }
            for (int i = 0; i < rest.length; i++) {
                residuals[v][i] = (float) rest[i];
                squares[v] += (double) residuals[v][i] * residuals[v][i];
            }
            slope[v] = dot(rest, regressor) / size;
        }
    }

    /** Of the t: subjects less the regressor, the covariates and the constant. */
    public int degrees() {
        return degrees;
    }

    /**
     * @param slope per voxel: for two groups coded 1 and 0 the difference of their means, adjusted
     * @param t per voxel, 0 where nothing varies
     * @param p corrected for all voxels, per voxel, two-sided
     * @param enhanced {@link Tfce} of t
     * @param pEnhanced corrected, of the enhanced values
     * @param permutations that were made, the true order among them
     */
    public record Result(
            double[] slope,
            float[] t,
            double[] p,
            float[] enhanced,
            double[] pEnhanced,
            int permutations) {}

    /**
     * Tests against random permutations; the true order is the first.
     *
     * @param permutations including the true one
     */
    public Result test(int permutations, long seed, Watch watch) {
        Random random = new Random(seed);
        int[] order = identity();
        int[][] orders = new int[1][];
        return test(
                permutations,
                k -> {
                    if (k > 0) {
                        shuffle(order, random);
                    }
                    orders[0] = order;
                    return orders[0];
                },
                watch);
    }

    /** The order of the residuals in the permutation of that number; number 0 is the true one. */
    interface Orders {
        int[] order(int number);
    }

    Result test(int permutations, Orders orders, Watch watch) {
        Tfce tfce = new Tfce(voxels);
        float[] t = new float[residuals.length];
        float[] enhanced = new float[residuals.length];
        double[] largest = new double[permutations];
        double[] largestEnhanced = new double[permutations];
        float[] map = new float[residuals.length];
        for (int k = 0; k < permutations; k++) {
            watch.permutation(k, permutations);
            permuted(orders.order(k), map);
            float[] better = tfce.enhance(map);
            if (k == 0) {
                System.arraycopy(map, 0, t, 0, t.length);
                enhanced = better;
            }
            largest[k] = largest(map);
            largestEnhanced[k] = largest(better);
        }
        return new Result(
                slope.clone(),
                t,
                corrected(t, largest),
                enhanced,
                corrected(enhanced, largestEnhanced),
                permutations);
    }

    int[] identity() {
        int[] order = new int[regressor.length];
        Arrays.setAll(order, i -> i);
        return order;
    }

    private void permuted(int[] order, float[] t) {
        int n = order.length;
        // Permute the model instead of the data, once for all voxels.
        double[] x = new double[n];
        double[][] q = new double[basis.length][n];
        for (int i = 0; i < n; i++) {
            x[order[i]] = regressor[i];
            for (int b = 0; b < q.length; b++) {
                q[b][order[i]] = basis[b][i];
            }
        }
        double size = dot(regressor, regressor);
        IntStream.range(0, t.length).parallel().forEach(v -> t[v] = t(v, x, q, size));
    }

    private float t(int v, double[] x, double[][] q, double size) {
        float[] e = residuals[v];
        int n = e.length;
        double product = 0;
        for (int i = 0; i < n; i++) {
            product += x[i] * e[i];
        }
        double rest = squares[v] - product * product / size;
        for (double[] column : q) {
            double explained = 0;
            for (int i = 0; i < n; i++) {
                explained += column[i] * e[i];
            }
            rest -= explained * explained;
        }
        rest = Math.max(rest, 1e-12 * squares[v]);
        return squares[v] > 0 ? (float) (product / Math.sqrt(size * rest / degrees)) : 0;
    }

    private static double largest(float[] map) {
        double largest = 0;
        for (float value : map) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static double[] corrected(float[] map, double[] largest) {
        double[] sorted = largest.clone();
        Arrays.sort(sorted);
        double[] p = new double[map.length];
        for (int v = 0; v < p.length; v++) {
            // Sums in another order differ in the last digits.
            double value = Math.abs(map[v]) * (1 - 1e-6);
            int at = Arrays.binarySearch(sorted, value);
            int below = at < 0 ? -at - 1 : at;
            while (below > 0 && sorted[below - 1] >= value) {
                below--;
            }
            p[v] = (double) (sorted.length - below) / sorted.length;
        }
        return p;
    }

    private static void shuffle(int[] order, Random random) {
        for (int i = order.length - 1; i > 0; i--) {
            int k = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[k];
            order[k] = kept;
        }
    }

    /** An orthonormal basis of the constant (first) and the covariates; dependent ones are left. */
    private static double[][] orthonormal(int n, double[][] covariates) {
        RealMatrix columns = new Array2DRowRealMatrix(n, covariates.length + 1);
        columns.setColumn(0, constant(n));
        int kept = 1;
        for (double[] covariate : covariates) {
            double[] centred = centred(covariate);
            double before = dot(centred, centred);
            double[] rest = centred;
            for (int c = 1; c < kept; c++) {
                rest = less(rest, columns.getColumn(c));
            }
            if (dot(rest, rest) > 1e-9 * before) {
                columns.setColumn(kept++, rest);
            }
        }
        RealMatrix q = new QRDecomposition(columns.getSubMatrix(0, n - 1, 0, kept - 1)).getQ();
        double[][] basis = new double[kept][];
        for (int c = 0; c < kept; c++) {
            basis[c] = q.getColumn(c);
        }
        return basis;
    }

    private static double[] constant(int n) {
        double[] one = new double[n];
        Arrays.fill(one, 1);
        return one;
    }

    private static double[] centred(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        return Arrays.stream(values).map(v -> v - mean).toArray();
    }

    private static double[] less(double[] values, double[] direction) {
        double factor = dot(values, direction) / dot(direction, direction);
        double[] rest = values.clone();
        for (int i = 0; i < rest.length; i++) {
            rest[i] -= factor * direction[i];
        }
        return rest;
    }

    private static double[] rest(double[] values, double[][] basis) {
        double[] rest = values.clone();
        for (double[] direction : basis) {
            rest = less(rest, direction);
        }
        return rest;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
