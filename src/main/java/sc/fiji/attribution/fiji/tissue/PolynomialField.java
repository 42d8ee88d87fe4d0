/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.fiji.tissue;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * A smooth field: a polynomial of x, y and z over a grid, each of them from -1 at its first to 1 at
 * its last voxel, with all terms up to a total degree.
 */
final class PolynomialField {

    private final int[] extent;
    private final int degree;
    private final int terms;
    private double[] coefficients;

    /**
     * @param extent x, y, z, in voxels
     * @param degree 0 for a constant
     */
    PolynomialField(int[] extent, int degree) {
        this.extent = extent.clone();
        this.degree = degree;
        terms = (degree + 1) * (degree + 2) * (degree + 3) / 6;
        coefficients = new double[terms];
    }

    /** Value at a voxel, x fastest. */
    double at(int voxel) {
        double[] powers = terms(voxel);
        double sum = 0;
        for (int n = 0; n < terms; n++) {
            sum += coefficients[n] * powers[n];
        }
        return sum;
    }

    /**
     * Fits by weighted least squares.
     *
     * @param voxels where values are known
     * @param values of these voxels
     * @param weights of these voxels, not negative
     */
    void fit(int[] voxels, double[] values, double[] weights) {
        double[][] normal = new double[terms][terms];
        double[] right = new double[terms];
        for (int n = 0; n < voxels.length; n++) {
            double[] powers = terms(voxels[n]);
            for (int i = 0; i < terms; i++) {
                double weighted = weights[n] * powers[i];
                right[i] += weighted * values[n];
                for (int j = 0; j <= i; j++) {
                    normal[i][j] += weighted * powers[j];
                }
            }
        }
        for (int i = 0; i < terms; i++) {
            for (int j = 0; j < i; j++) {
                normal[j][i] = normal[i][j];
            }
        }
        // A single slice leaves z undetermined: the smallest solution is taken.
        coefficients =
                new SingularValueDecomposition(new Array2DRowRealMatrix(normal, false))
                        .getSolver()
                        .solve(new ArrayRealVector(right, false))
                        .toArray();
    }

    private double[] terms(int voxel) {
        double x = coordinate(voxel % extent[0], extent[0]);
        double y = coordinate(voxel / extent[0] % extent[1], extent[1]);
        double z = coordinate(voxel / extent[0] / extent[1], extent[2]);
        double[] powers = new double[terms];
        int n = 0;
        double px = 1;
        for (int i = 0; i <= degree; i++, px *= x) {
            double py = 1;
            for (int j = 0; i + j <= degree; j++, py *= y) {
                double pz = 1;
                for (int k = 0; i + j + k <= degree; k++, pz *= z) {
                    powers[n++] = px * py * pz;
                }
            }
        }
        return powers;
    }

    private static double coordinate(int at, int extent) {
        return extent == 1 ? 0 : 2.0 * at / (extent - 1) - 1;
    }
}
