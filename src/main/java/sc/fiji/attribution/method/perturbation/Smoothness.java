/*
 * Attribution for Fiji: which voxels made the network decide so.
 * Copyright (c) 2026, Attribution for Fiji contributors. BSD-2-Clause; see LICENSE.
 */
package sc.fiji.attribution.method.perturbation;

/** The mean squared step between neighbouring values of a mask, as a cost. */
final class Smoothness {

    private Smoothness() {}

    /**
     * Adds the cost's slope.
     *
     * @param nodes extents of the mask
     */
    static void add(int[] nodes, float[] mask, double weight, double[] slope) {
        int stride = 1;
        for (int a = nodes.length - 1; a >= 0; a--) {
            for (int i = 0; i < mask.length; i++) {
                if (i / stride % nodes[a] + 1 < nodes[a]) {
                    double step = mask[i + stride] - mask[i];
                    double share = 2 * weight * step / mask.length;
                    slope[i + stride] += share;
                    slope[i] -= share;
                }
            }
            stride *= nodes[a];
        }
    }
}
