/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.cohort.statistics;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * A linear model of what subjects have: a regressor, covariates and the constant.
 *
 * @param regressor without what the covariates explain
 * @param basis orthonormal, of the constant (first) and the covariates
 * @param degrees of freedom that are left
 */
record Design(double[] regressor, double[][] basis, int degrees) {

    /**
     * @throws IllegalArgumentException where the regressor follows from the covariates, or there
     *     are too few subjects
     */
    static Design of(double[] regressor, double[][] covariates) {
        int n = regressor.length;
        double[][] basis = orthonormal(n, covariates);
        double[] rest = regressor.clone();
        for (double[] direction : basis) {
            rest = less(rest, direction);
        }
        double before = dot(centred(regressor), centred(regressor));
        int degrees = n - basis.length - 1;
        if (degrees < 1) {
            throw new IllegalArgumentException(
                    n + " subjects are too few for " + covariates.length + " covariates");
        }
        if (!(dot(rest, rest) > 1e-9 * before) || before == 0) {
            throw new IllegalArgumentException(
                    "the groups differ in nothing that the covariates do not tell already");
        }
        return new Design(rest, basis, degrees);
    }

    /**
     * What covariates leave of some voxels.
     *
     * @param values of the first voxel's subjects, then the next one's
     * @param squares per voxel, their sum
     */
    record Residuals(float[] values, double[] squares) {}

    /**
     * Of the voxels from one to before another; maps are read row by row.
     *
     * @param at where a voxel stands in the maps
     * @param slope takes the regressor's slope of these voxels
     */
    Residuals residuals(float[][] maps, int[] at, int first, int last, double[] slope) {
        double[][] rest = rest(maps, at, first, last, slope);
        int n = maps.length;
        int count = last - first;
        float[] values = new float[n * count];
        double[] squares = new double[count];
        for (int i = 0; i < n; i++) {
            for (int v = 0; v < count; v++) {
                float residual = (float) rest[i][v];
                values[v * n + i] = residual;
                squares[v] += (double) residual * residual;
            }
        }
        return new Residuals(values, squares);
    }

    /**
     * The same voxels' t in the true order; nothing is kept.
     *
     * @param t takes that of these voxels, as slope
     */
    void plain(float[][] maps, int[] at, int first, int last, double[] slope, float[] t) {
        double[][] rest = rest(maps, at, first, last, slope);
        Model model = model();
        int count = last - first;
        double[] squares = new double[count];
        double[] products = new double[count];
        double[][] explained = new double[model.q.length][count];
        for (int i = 0; i < maps.length; i++) {
            double[] row = rest[i];
            for (int v = 0; v < count; v++) {
                float residual = (float) row[v]; // as those that are kept
                row[v] = residual;
                squares[v] += row[v] * row[v];
            }
            add(model.x[i], row, products);
            for (int c = 0; c < explained.length; c++) {
                add(model.q[c][i], row, explained[c]);
            }
        }
        double[] parts = new double[explained.length];
        for (int v = 0; v < count; v++) {
            for (int c = 0; c < parts.length; c++) {
                parts[c] = explained[c][v];
            }
            t[first + v] = model.t(squares[v], products[v], parts);
        }
    }

    /**
     * What covariates leave, a row for each subject, whose voxels stand side by side so that sums
     * of many go on together.
     */
    private double[][] rest(float[][] maps, int[] at, int first, int last, double[] slope) {
        int n = maps.length;
        int count = last - first;
        double[][] rest = new double[n][count];
        double[] part = new double[count];
        for (int i = 0; i < n; i++) {
            copy(maps[i], at, first, rest[i]);
            add(basis[0][i], rest[i], part);
        }
        for (int b = 0; b < basis.length; b++) {
            double[] next = b + 1 < basis.length ? basis[b + 1] : regressor;
            double[] products = new double[count];
            for (int i = 0; i < n; i++) {
                double[] row = rest[i];
                double factor = basis[b][i];
                for (int v = 0; v < count; v++) {
                    row[v] -= part[v] * factor;
                }
                add(next[i], row, products);
            }
            part = products;
        }
        double size = dot(regressor, regressor);
        for (int v = 0; v < count; v++) {
            slope[first + v] = part[v] / size;
        }
        return rest;
    }

    private static void copy(float[] map, int[] at, int first, double[] row) {
        int from = at[first];
        if (at[first + row.length - 1] - from == row.length - 1) {
            for (int v = 0; v < row.length; v++) {
                row[v] = map[from + v];
            }
            return;
        }
        for (int v = 0; v < row.length; v++) {
            row[v] = map[at[first + v]];
        }
    }

    private static void add(double factor, double[] row, double[] sums) {
        for (int v = 0; v < sums.length; v++) {
            sums[v] += row[v] * factor;
        }
    }

    /** The model for residuals in their own order. */
    private Model model() {
        double[][] q = Arrays.copyOfRange(basis, 1, basis.length);
        return new Model(regressor, q, dot(regressor, regressor), degrees);
    }

    /** The model for residuals in another order: it is permuted itself, once for all voxels. */
    Model permuted(int[] order) {
        int n = order.length;
        double[] x = new double[n];
        double[][] q = new double[basis.length - 1][n];
        for (int i = 0; i < n; i++) {
            x[order[i]] = regressor[i];
            for (int b = 0; b < q.length; b++) {
                q[b][order[i]] = basis[b + 1][i];
            }
        }
        return new Model(x, q, dot(regressor, regressor), degrees);
    }

    /**
     * @param x regressor
     * @param q basis of the covariates
     * @param size of the regressor, squared
     */
    record Model(double[] x, double[][] q, double size, int degrees) {

        /**
         * @param t takes those of a block's voxels from there
         */
        void t(Residuals block, float[] t, int first) {
            for (int v = 0; v < block.squares.length; v++) {
                t[first + v] = t(block, v);
            }
        }

        private float t(Residuals block, int v) {
            double[] parts = new double[q.length];
            for (int c = 0; c < parts.length; c++) {
                parts[c] = product(q[c], block, v);
            }
            return t(block.squares[v], product(x, block, v), parts);
        }

        /**
         * @param square the sum of a voxel's squared residuals
         * @param product theirs with the regressor
         * @param explained theirs with the basis of the covariates
         */
        private float t(double square, double product, double[] explained) {
            double rest = square - product * product / size;
            for (double part : explained) {
                rest -= part * part;
            }
            rest = Math.max(rest, 1e-12 * square);
            return square > 0 ? (float) (product / Math.sqrt(size * rest / degrees)) : 0;
        }

        private static double product(double[] column, Residuals block, int v) {
            int from = v * column.length;
            double product = 0;
            for (int i = 0; i < column.length; i++) {
                product += column[i] * block.values[from + i];
            }
            return product;
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

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
