/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation.region;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.linear.SingularMatrixException;
import sc.fiji.attribution.core.OptionException;

/**
 * Weighted least squares of a game's values by a sum over its players, whose total is given: φ
 * minimises Σ w (y − z·φ)² where z says who is in, subject to Σ φ = total. Holds the normal
 * equations only.
 */
final class EfficientFit {

    private final int players;
    private final double[][] normal;
    private final double[] right;
    private RealVector spread;
    private double mass;
    private RealMatrix projected;

    EfficientFit(int players) {
        this.players = players;
        this.normal = new double[players][players];
        this.right = new double[players];
        // All players together, who fit exactly and so change nothing; alone where there is one.
        boolean[] all = new boolean[players];
        Arrays.fill(all, true);
        expect(all, 1);
    }

    /** Announces a coalition. */
    void expect(boolean[] in, double weight) {
        for (int i = 0; i < players; i++) {
            for (int j = 0; in[i] && j < players; j++) {
                normal[i][j] += in[j] ? weight : 0;
            }
        }
    }

    /**
     * To be called when all coalitions are announced, before their values are computed.
     *
     * @throws OptionException where they do not tell the players apart
     */
    void prepare() {
        RealMatrix inverse;
        try {
            RealMatrix matrix = new Array2DRowRealMatrix(normal, false);
            inverse = new LUDecomposition(matrix).getSolver().getInverse();
        } catch (SingularMatrixException e) {
            throw new OptionException(
                    "coalitions: too few to tell the " + players + " regions apart; take more.");
        }
        RealVector ones = new ArrayRealVector(players, 1);
        spread = inverse.operate(ones);
        mass = spread.dotProduct(ones);
        // A⁻¹ with what would change the total taken out.
        projected = inverse.subtract(spread.outerProduct(spread).scalarMultiply(1 / mass));
    }

    /** Adds a coalition's value over that of the empty one. */
    void add(boolean[] in, double value, double weight) {
        for (int i = 0; i < players; i++) {
            right[i] += in[i] ? weight * value : 0;
        }
    }

    /**
     * The players' values.
     *
     * @param total that they add up to
     */
    double[] solve(double total) {
        boolean[] all = new boolean[players];
        Arrays.fill(all, true);
        add(all, total, 1);
        RealVector free = projected.operate(new ArrayRealVector(right, false));
        return free.add(spread.mapMultiply(total / mass)).toArray();
    }

    /** Fills one coalition of a pair; the result is its value. */
    @FunctionalInterface
    interface First {
        double fill(int pair, boolean[] in);
    }

    /**
     * Standard errors of sampled coalitions with weight 1, each pair with its complement taken as
     * one draw (the sandwich estimator).
     *
     * @param values the solution
     * @param second value of a pair's complement
     */
    double[] standardErrors(double[] values, int pairs, First first, IntToDoubleFunction second) {
        double[][] meat = new double[players][players];
        boolean[] in = new boolean[players];
        double[] score = new double[players];
        for (int p = 0; p < pairs; p++) {
            Arrays.fill(in, false);
            double residual = first.fill(p, in);
            double complement = second.applyAsDouble(p);
            for (int i = 0; i < players; i++) {
                residual -= in[i] ? values[i] : 0;
                complement -= in[i] ? 0 : values[i];
            }
            for (int i = 0; i < players; i++) {
                score[i] = in[i] ? residual : complement;
            }
            for (int i = 0; i < players; i++) {
                for (int j = 0; j < players; j++) {
                    meat[i][j] += score[i] * score[j];
                }
            }
        }
        // As many parameters are free as there are players but one.
        double free = (double) pairs / Math.max(1, pairs - (players - 1));
        RealMatrix covariance =
                projected
                        .multiply(new Array2DRowRealMatrix(meat, false))
                        .multiply(projected)
                        .scalarMultiply(free);
        double[] errors = new double[players];
        for (int i = 0; i < players; i++) {
            errors[i] = Math.sqrt(Math.max(0, covariance.getEntry(i, i)));
        }
        return errors;
    }
}
