/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation.region;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * A weighted linear regression of scores on who is in, with an intercept that is not penalised.
 * Holds the moments only, which are all that ridge and lasso need.
 */
final class LocalFit {

    private static final int MOST_SWEEPS = 10_000;
    private static final double SETTLED = 1e-10;

    private final int players;
    private double reference = Double.NaN;
    private double weights;
    private double sum;
    private double squares;
    private final double[] in;
    private final double[] product;
    private final double[][] both;

    LocalFit(int players) {
        this.players = players;
        this.in = new double[players];
        this.product = new double[players];
        this.both = new double[players][players];
    }

    void add(boolean[] who, double value, double weight) {
        // Against the first one, so that scores that are all the same give zeros, not rounding.
        reference = Double.isNaN(reference) ? value : reference;
        double score = value - reference;
        weights += weight;
        sum += weight * score;
        squares += weight * score * score;
        for (int i = 0; i < players; i++) {
            if (who[i]) {
                in[i] += weight;
                product[i] += weight * score;
                for (int j = 0; j < players; j++) {
                    both[i][j] += who[j] ? weight : 0;
                }
            }
        }
    }

    private double covariance(int i, int j) {
        return both[i][j] / weights - in[i] / weights * in[j] / weights;
    }

    private double covariance(int i) {
        return product[i] / weights - in[i] / weights * sum / weights;
    }

    /** Minimises the mean squared error + penalty · Σ β². */
    double[] ridge(double penalty) {
        RealMatrix matrix = new Array2DRowRealMatrix(players, players);
        double[] right = new double[players];
        for (int i = 0; i < players; i++) {
            right[i] = covariance(i);
            for (int j = 0; j < players; j++) {
                matrix.setEntry(i, j, covariance(i, j) + (i == j ? penalty : 0));
            }
        }
        // Also where regions always come together, which leaves their shares open.
        return new SingularValueDecomposition(matrix)
                .getSolver()
                .solve(new ArrayRealVector(right))
                .toArray();
    }

    /** Minimises half the mean squared error + penalty · Σ |β|, coordinate by coordinate. */
    double[] lasso(double penalty) {
        double[] values = new double[players];
        for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
            double moved = 0;
            for (int i = 0; i < players; i++) {
                double variance = covariance(i, i);
                double rest = covariance(i);
                for (int j = 0; j < players; j++) {
                    rest -= j == i ? 0 : covariance(i, j) * values[j];
                }
                double shrunk = Math.signum(rest) * Math.max(0, Math.abs(rest) - penalty);
                double next = variance > 0 ? shrunk / variance : 0;
                moved = Math.max(moved, Math.abs(next - values[i]));
                values[i] = next;
            }
            double largest = Arrays.stream(values).map(Math::abs).max().orElse(0);
            if (moved <= SETTLED * largest) {
                break;
            }
        }
        return values;
    }

    /** R²: the share of the scores' weighted variance that the regression explains. */
    double explained(double[] values) {
        RealMatrix matrix = MatrixUtils.createRealMatrix(players, players);
        double along = 0;
        for (int i = 0; i < players; i++) {
            along += values[i] * covariance(i);
            for (int j = 0; j < players; j++) {
                matrix.setEntry(i, j, covariance(i, j));
            }
        }
        ArrayRealVector fit = new ArrayRealVector(values);
        double variance = squares / weights - sum / weights * sum / weights;
        double error = variance - 2 * along + fit.dotProduct(matrix.operate(fit));
        return variance > 0 ? 1 - error / variance : 1;
    }
}
