/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.gradient;

import java.util.List;
import sc.fiji.attribution.core.OptionException;

/**
 * Nodes and weights of an integral over [0, 1].
 *
 * @param nodes where the integrand is taken, ascending
 * @param weights of the values there; they sum to 1
 */
public record Quadrature(double[] nodes, double[] weights) {

    public int size() {
        return nodes.length;
    }

    /** The rules that {@link #of} knows. */
    public static final List<String> RULES =
            List.of("gausslegendre", "left", "right", "middle", "trapezoid");

    /** The rule of that name with n nodes. */
    public static Quadrature of(String rule, int n) {
        return switch (rule) {
            case "left" -> riemann(n, 0);
            case "right" -> riemann(n, 1);
            case "middle" -> riemann(n, 0.5);
            case "trapezoid" -> trapezoid(n);
            default -> gaussLegendre(n);
        };
    }

    /**
     * Gauss–Legendre: exact for polynomials up to degree 2n − 1. Nodes are the roots of the
     * Legendre polynomial by Newton's method (Press et al., Numerical Recipes, section 4.6).
     */
    static Quadrature gaussLegendre(int n) {
        double[] nodes = new double[n];
        double[] weights = new double[n];
        for (int i = 0; i < n; i++) {
            double z = Math.cos(Math.PI * (n - i - 0.25) / (n + 0.5));
            double derivative;
            double step;
            do {
                double p = 1;
                double before = 0;
                for (int j = 0; j < n; j++) {
                    double last = before;
                    before = p;
                    p = ((2 * j + 1) * z * before - j * last) / (j + 1);
                }
                derivative = n * (z * p - before) / (z * z - 1);
                step = p / derivative;
                z -= step;
            } while (Math.abs(step) > 1e-15);
            nodes[i] = (1 + z) / 2;
            weights[i] = 1 / ((1 - z * z) * derivative * derivative);
        }
        return new Quadrature(nodes, weights);
    }

    /** Equal cells, the integrand taken at a fixed place in each: 0 left end, 1 right end. */
    static Quadrature riemann(int n, double place) {
        double[] nodes = new double[n];
        double[] weights = new double[n];
        for (int i = 0; i < n; i++) {
            nodes[i] = (i + place) / n;
            weights[i] = 1.0 / n;
        }
        return new Quadrature(nodes, weights);
    }

    /** Trapezoids between n nodes, both ends included. */
    static Quadrature trapezoid(int n) {
        if (n < 2) {
            throw new OptionException("steps=" + n + ": the trapezoid rule needs at least 2.");
        }
        double[] nodes = new double[n];
        double[] weights = new double[n];
        for (int i = 0; i < n; i++) {
            nodes[i] = i / (n - 1.0);
            weights[i] = (i == 0 || i == n - 1 ? 0.5 : 1.0) / (n - 1);
        }
        return new Quadrature(nodes, weights);
    }
}
