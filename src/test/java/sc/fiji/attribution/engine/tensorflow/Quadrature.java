/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.engine.tensorflow;

/** Nodes and weights on the unit interval. */
public final class Quadrature {

    private Quadrature() {}

    /**
     * The Gauss-Legendre rule of that many points, by Newton's method on the Legendre polynomial.
     *
     * @return nodes, then weights, which sum to 1
     */
    public static double[][] gaussLegendre(int points) {
        double[][] rule = new double[2][points];
        for (int n = 0; n < points; n++) {
            double x = Math.cos(Math.PI * (n + 0.75) / (points + 0.5));
            double slope = 1;
            for (int iteration = 0; iteration < 20; iteration++) {
                double previous = 1;
                double value = x;
                for (int k = 2; k <= points; k++) {
                    double next = ((2 * k - 1) * x * value - (k - 1) * previous) / k;
                    previous = value;
                    value = next;
                }
                slope = points * (x * value - previous) / (x * x - 1);
                x -= value / slope;
            }
            rule[0][n] = (1 - x) / 2;
            rule[1][n] = 1 / ((1 - x * x) * slope * slope);
        }
        return rule;
    }
}
